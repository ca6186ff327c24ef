/**
 * What went wrong, for a program.
 *
 * On either end: `closed` (a write after the end).
 * On the server: `invalid-event` (a field that cannot be sent; `field` names it), `overflow` (the reader is too slow),
 * `source` (the producer failed), `cleanup` (a producer failed while it was ended), `publish` (nothing was published),
 * `unknown-outcome` (nobody knows whether it was published), `too-large` (an event above `limits.maxEventSize`), `authorize`
 * (deciding about a channel failed, so it was denied), `context` (what is asked about a request failed), `log` (the log behind a hub failed).
 * On the client: `network` (no connection, or it broke), `http-status` (`status` holds it), `content-type` (not an event
 * stream), `disconnected` (the stream ended without saying that it was complete), `server` (the server says that its
 * source failed; `reason` holds its code), `parse` (a payload that cannot be parsed), `too-large` (an event above
 * `maxEventSize`), `timeout` (no answer in time, or a silence longer than the server promised),
 * `invalid-event` (a payload that its schema refuses), `denied` and `revoked` (a channel, or all of it, that is not allowed),
 * `headers` (the `headers` function, or another one that is called before a request, failed), `invalid-request` (the
 * platform refuses the request).
 */
export type SSEErrorCode =
  | 'closed'
  | 'invalid-event'
  | 'overflow'
  | 'source'
  | 'cleanup'
  | 'publish'
  | 'unknown-outcome'
  | 'authorize'
  | 'context'
  | 'log'
  | 'network'
  | 'http-status'
  | 'content-type'
  | 'disconnected'
  | 'server'
  | 'parse'
  | 'too-large'
  | 'timeout'
  | 'denied'
  | 'revoked'
  | 'headers'
  | 'invalid-request'

/** The facts an {@link SSEError} may carry beside its code. */
export interface SSEErrorFacts {
  /** What caused it. */
  cause?: unknown
  /** The field or option that was refused. */
  field?: string | undefined
  /** The HTTP status that was answered. */
  status?: number | undefined
  /** How long the server asks to wait before another attempt, in milliseconds. */
  retryAfter?: number | undefined
  /** The code that the server gave for its failure. */
  reason?: string | undefined
}

/** Every failure of Tidewire: one class, told apart by `code`. Misuse is a `TypeError` instead. */
export class SSEError extends Error {
  override readonly name = 'SSEError'
  /** What went wrong, for a program. */
  declare readonly code: SSEErrorCode
  /** The field or option that was refused. */
  declare readonly field: string | undefined
  /** The HTTP status that was answered. */
  declare readonly status: number | undefined
  /** How long the server asks to wait before another attempt, in milliseconds. */
  declare readonly retryAfter: number | undefined
  /** The code that the server gave for its failure. */
  declare readonly reason: string | undefined

  constructor(code: SSEErrorCode, message: string, facts?: SSEErrorFacts) {
    super(message, facts)
    Object.assign(this, { code }, facts)
  }
}

/** Tells whether a value is an {@link SSEError}, also one of another copy of the package. */
export function isSSEError(value: unknown): value is SSEError {
  return value instanceof Error && value.name === 'SSEError' && 'code' in value
}
