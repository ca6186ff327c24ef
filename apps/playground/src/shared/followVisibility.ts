/**
 * Says whether a stream should pause, because nobody sees the page: a browser opens six connections to an HTTP/1.1
 * server, for all of its tabs together. Returns a function that stops.
 */
export function followVisibility(canPause: () => boolean, setPaused: (isPaused: boolean) => void): () => void {
  const update = () => setPaused(document.hidden && canPause())
  document.addEventListener('visibilitychange', update)
  return () => document.removeEventListener('visibilitychange', update)
}
