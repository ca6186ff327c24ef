import type { PageReader } from './pageReader.ts'

/** Follows a stream with the browser's own `EventSource`. */
export const readByEventSource: PageReader = (url, names, onEvent, onStopped) => {
  const source = new EventSource(url)
  for (const name of names) {
    source.addEventListener(name, ({ type, data, lastEventId }: MessageEvent<string>) =>
      onEvent({ event: type, data, id: lastEventId }),
    )
  }
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) onStopped()
  })
}
