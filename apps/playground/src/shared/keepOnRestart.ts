/**
 * Keeps the page when the development server comes back: its streams reconnect by themselves, which is the point here.
 * Vite's client would reload it, but waits for these listeners first.
 */
export function keepOnRestart(): void {
  const forever = (): unknown => new Promise(() => {})
  import.meta.hot?.on('vite:ws:disconnect', forever)
}
