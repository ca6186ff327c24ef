/** Without a window it is a server, where no query is kept true. */
export function asInBrowser(): void {
  globalThis.window ??= {} as typeof window
}
