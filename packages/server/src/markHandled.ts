/** Marks a promise as handled: a caller that drops it causes no unhandled rejection. */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
