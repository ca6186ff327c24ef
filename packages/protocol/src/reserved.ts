/** Event names that begin so belong to Tidewire; no user's event may. */
export const RESERVED_PREFIX = 'sse.'

/** The event that says why a stream ends on purpose. An end without it is a lost connection. */
export const BYE = 'sse.bye'

/** The payload of `sse.bye`. A reason that a reader does not know is a lost connection to it. */
export interface Bye {
  /**
   * `complete`: the source has ended, and there is nothing to come back for.
   * `error`: the source failed; `code` names the failure, its message stays on the server.
   * `timeout`: the stream reached the age its server allows; come back for more.
   * `revoked`: the reader may no longer read this; do not come back.
   * `disconnected`: the server sends the reader away; do not come back.
   * `expired`: the reader's credentials are out of date; come back with new ones.
   * `drain`: the server is about to stop; come back after the `retry` that was sent with it.
   */
  reason: 'complete' | 'error' | 'timeout' | 'revoked' | 'disconnected' | 'expired' | 'drain'
  /** The failure's code, with `reason: 'error'`. */
  code?: string
}
