/** Event names that begin so belong to Tidewire; no user's event may. */
export const RESERVED_PREFIX = 'sse.'

/** The event that says why a stream ends on purpose. An end without it is a lost connection. */
export const BYE = 'sse.bye'

/** The payload of `sse.bye`. */
export interface Bye {
  /**
   * `complete`: the source has ended, and there is nothing to come back for.
   * `error`: the source failed; `code` names the failure, its message stays on the server.
   * `timeout`: the stream reached the age its server allows; come back for more.
   */
  reason: 'complete' | 'error' | 'timeout'
  /** The failure's code, with `reason: 'error'`. */
  code?: string
}
