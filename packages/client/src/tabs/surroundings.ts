/** What tabs find each other by, as far as it is needed. */
export interface Surroundings {
  readonly locks: Pick<LockManager, 'request' | 'query'>
  /** Opens a channel to all tabs that open one of that name. */
  readonly open: (name: string) => Pick<BroadcastChannel, 'postMessage' | 'close' | 'addEventListener'>
}

/** What a browser has; undefined where it lacks something, or is none. */
export function findSurroundings(): Surroundings | undefined {
  const { isSecureContext, navigator, BroadcastChannel } = globalThis as Partial<typeof globalThis>
  // Node has the others, and there a process is no user's own.
  if (!isSecureContext || !navigator?.locks || !BroadcastChannel) return undefined
  return { locks: navigator.locks, open: (name) => new BroadcastChannel(name) }
}
