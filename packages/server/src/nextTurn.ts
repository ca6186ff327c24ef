/**
 * Calls back in the next turn of the event loop, after what waits already.
 *
 * Not looked up per call: fake timers in an application's tests must not stop its streams.
 */
export const nextTurn: (callback: () => void) => void =
  globalThis.setImmediate ?? ((callback) => setTimeout(callback, 0))
