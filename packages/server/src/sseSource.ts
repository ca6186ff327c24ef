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
 * They are ended with the stream, also where that never starts, for a request that is refused, say: a `ReadableStream` is
 * cancelled, the iterator of an iterable returns, and an iterable with `destroy()`, such as node's `Readable`, is destroyed.
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
  | StreamInPlace<M>
  | SSEObservable<SSEEvent<M>>

/**
 * Lets `new ReadableStream({ … })` stand in place of the source. The compiler looks at it before it knows `M`, which it
 * takes for `never`: then any chunk will do, as in such a stream that stands in a variable.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- nothing else fits every event
type StreamInPlace<M> = ReadableStream<[M] extends [never] ? any : never>

/**
 * What feeds a stream: events that come by themselves, or a function of the session that returns them, or that writes.
 *
 * A function that returns nothing leaves the stream open until `session.close()`; an async one ends it when its promise
 * settles. Both may return a function that cleans up: then the stream stays open, and it is called once at the end. It is
 * called at once where the reader has left before an async function returns it; events that come then are let go.
 */
export type SSESource<M extends object = SSEEvents> =
  | SSEEventSource<M>
  | ((session: SSESession<M>) => Returned<M> | Promise<Returned<M>>)

type Returned<M extends object> = SSEEventSource<M> | (() => unknown) | void
