import type { EventTypes, SSEError } from '@tidewire/protocol'
import type { SSEEventSchemas } from './eventSchemas.ts'
import type { SSEHeaders } from './responseHeaders.ts'
import type { SSEEvent, SSEEvents } from './sseEvent.ts'
import type { SSERequest } from './sseRequest.ts'

/**
 * Where a background failure happened: in the source, in its clean-up after the end, or in an `onClose` callback.
 */
export type SSEStage = 'source' | 'cleanup' | 'onClose'

/** What `prepare` is told of the request. */
export interface SSEPrepareContext {
  readonly request: SSERequest | undefined
  readonly signal: AbortSignal
  /** The position that the reader resumes from; `''` where it has none. */
  readonly lastEventId: string
}

/** Options of `createSSEStream`. A value that makes no sense, or an option that there is not, is a `TypeError` at once. */
export interface SSEStreamOptions<M extends object = SSEEvents> {
  /**
   * Types the events: `eventTypes<{ tick: { now: number } }>()`, which checks nothing at run time, or a map of Standard
   * Schemas, `{ tick: z.object({ now: z.number() }) }`. Of a map, each payload is checked before it is sent, as it was
   * given: an event that its schema refuses, or that is not in the map, is an `SSEError` `invalid-event`. A schema that is
   * async is a `TypeError` at its first event. The event of `session.error()` is not checked.
   */
  events?: EventTypes<M> | SSEEventSchemas<M> | undefined
  /** The request that is answered: gives `lastEventId`, and its `signal` ends the stream. */
  request?: SSERequest | undefined
  /**
   * Ends the stream when it aborts; nothing more is written. In force until the response is over, also after the source
   * has ended: a reader that has stalled is cut off at once, any other if it has not taken the end within a second.
   */
  signal?: AbortSignal | undefined
  /**
   * Decides, before the head goes out, whether the request is refused: throw or return a `Response`, of status 401 or 404
   * say, to answer with that instead. Called once, by `stream.respond()` or `pipeSSE`, which reject with anything else that
   * it throws; its `signal` aborts when the reader leaves. The source never starts for a request that is refused.
   */
  prepare?: ((context: SSEPrepareContext) => Response | void | Promise<Response | void>) | undefined
  /**
   * Whether a request whose `Accept` header excludes `text/event-stream` is refused with 406, by `stream.respond()` or
   * `pipeSSE`.
   *
   * @default false
   */
  accept?: boolean | undefined
  /**
   * How often a comment shows that the connection lives, in milliseconds; false for never. It is left out while the
   * reader does not keep up.
   *
   * @default 15_000; on Bun 8_000, as its server closes what is silent for 10 seconds
   */
  heartbeat?: number | false | { interval?: number | undefined; comment?: string | undefined } | undefined
  /**
   * Ends the stream as complete after the event for which it returns true. Called for each event that is sent, in order,
   * with what the source gave. What it throws ends the stream as failed.
   */
  until?: ((event: SSEEvent<NoInfer<M>>) => boolean) | undefined
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
   * The most bytes that wait for a slow reader. Beyond it `send` waits, until as many wait in sends, and the other ways to
   * write return false. An event that is larger leaves only by `send`, alone.
   *
   * @default 1_048_576
   */
  maxBufferSize?: number | undefined
  /** Response headers; they win over the defaults. Not those that frame the body: `Content-Length`, `Transfer-Encoding`. */
  headers?: SSEHeaders | undefined
  /**
   * Whether the end is announced by the event `sse.bye`. Without it, a source that fails cuts the response off, so that
   * no reader takes the failure for the end.
   *
   * @default true
   */
  bye?: boolean | undefined
  /**
   * Maps what the source threw to the code that the reader gets; undefined, or a code that is no string, for the
   * default. Called when the source fails, also where it does so after the end and no reader is told. A failure that it
   * has a code for was foreseen: it reaches `onError` only where that is given, not the console.
   *
   * @default the code `internal`
   */
  mapError?: ((error: unknown) => { code: string } | undefined) | undefined
  /**
   * Called for each failure in the background, whose messages never reach the reader. A disconnect is not a failure.
   *
   * @default console.error, for all but the failures that `mapError` has a code for
   */
  onError?: ((error: SSEError, info: { stage: SSEStage }) => void) | undefined
}
