import type { EventTypes, SSEError } from '@tidewire/protocol'
import type { SSEEvents } from './sseEvent.ts'
import type { SSERequest } from './sseRequest.ts'

/**
 * Where a background failure happened: in the source, in its clean-up after the end, or in an `onClose` callback.
 */
export type SSEStage = 'source' | 'cleanup' | 'onClose'

/** Options of `createSSEStream`. A value that makes no sense is a `TypeError` at once. */
export interface SSEStreamOptions<M extends object = SSEEvents> {
  /** Types the events: `eventTypes<{ tick: { now: number } }>()`. Checks nothing at run time. */
  events?: EventTypes<M> | undefined
  /** The request that is answered: gives `lastEventId`, and its `signal` ends the stream. */
  request?: SSERequest | undefined
  /**
   * Ends the stream when it aborts; nothing more is written. In force until the response is over, also after the source
   * has ended: a reader that has stalled is cut off at once, any other if it has not taken the end within a second.
   */
  signal?: AbortSignal | undefined
  /**
   * How often a comment shows that the connection lives, in milliseconds; false for never. It is left out while the
   * reader does not keep up.
   *
   * @default 15_000
   */
  heartbeat?: number | false | { interval?: number | undefined; comment?: string | undefined } | undefined
  /** The reconnection time that the reader is told first, in milliseconds. */
  retry?: number | undefined
  /**
   * How long the response may last, in milliseconds, what a slow reader has yet to take included. Then it ends with
   * `sse.bye { reason: 'timeout' }`, if the source has not ended it before. A reader that has stalled is cut off at once,
   * any other if it has not taken the end within a second.
   *
   * @default no limit
   */
  timeout?: number | undefined
  /**
   * The most bytes that wait for a slow reader. Beyond it `send` waits and the other ways to write return false.
   *
   * @default 1_048_576
   */
  maxBufferSize?: number | undefined
  /** Response headers; they win over the defaults. */
  headers?: HeadersInit | undefined
  /**
   * Whether the end is announced by the event `sse.bye`. Without it, a source that fails cuts the response off, so that
   * no reader takes the failure for the end.
   *
   * @default true
   */
  bye?: boolean | undefined
  /**
   * Maps what the source threw to the code that the reader gets; undefined, or a code that is no string, for the
   * default. Called once, when the source fails.
   *
   * @default the code `internal`
   */
  mapError?: ((error: unknown) => { code: string } | undefined) | undefined
  /**
   * Called for each failure in the background, whose messages never reach the reader. A disconnect is not a failure.
   *
   * @default console.error
   */
  onError?: ((error: SSEError, info: { stage: SSEStage }) => void) | undefined
}
