import type { SSEObservable } from './observable.ts'
import type { SSEEvent, SSEEvents } from './sseEvent.ts'
import type { SSESession } from './sseSession.ts'

/**
 * Events that come by themselves.
 *
 * Bytes (of an upstream event stream, say) are passed on as they are, an event at a time, so that heartbeats find their
 * place between two; an event that is unfinished at the end is left out, as readers would. They are not checked, and
 * `until` does not see them.
 *
 * An observable cannot be told to wait: where its reader is too slow by `maxBufferSize`, the stream ends as failed, and
 * `onError` gets an `SSEError` `overflow`.
 *
 * An `EventEmitter` is iterated by node's `on(emitter, 'price')`, which yields arrays of arguments: map them.
 *
 * @example
 * createSSEStream(async function* ({ signal }) {
 *   for await (const [price] of on(emitter, 'price', { signal })) yield { event: 'price', data: price }
 * })
 */
export type SSEEventSource<M extends object = SSEEvents> =
  | AsyncIterable<SSEEvent<M>>
  | AsyncIterable<Uint8Array>
  | ReadableStream<SSEEvent<M>>
  | ReadableStream<Uint8Array>
  | SSEObservable<SSEEvent<M>>

/**
 * What feeds a stream: events that come by themselves, or a function of the session that returns them, or that writes.
 *
 * An async function ends the stream when its promise settles. A plain one leaves it open until `session.close()`, and may
 * return a function that cleans up.
 */
export type SSESource<M extends object = SSEEvents> =
  | SSEEventSource<M>
  | ((session: SSESession<M>) => SSEEventSource<M> | Promise<unknown> | (() => unknown) | void)
