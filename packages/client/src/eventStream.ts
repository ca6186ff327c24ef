import type { EventStreamOptions, UnreducedOptions } from './options.ts'
import type { EventStream } from './state.ts'
import { type AnyOptions, createStream, type StreamURL } from './stream.ts'
import type { AnyEvents, EventMap, PayloadOf } from './types.ts'

/**
 * Follows an event stream: reconnects with backoff where it breaks, resumes from the last event ID, and ends when the
 * server says that it is complete. Works with every server that speaks Server-Sent Events; one on another origin has to
 * allow the header `Last-Event-ID`.
 *
 * Nothing is sent before the next microtask, so handlers can be added first. Throws a `TypeError` for options that make
 * no sense; every later failure goes to `onError` and `error`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @example
 * const stream = createEventStream('/api/metrics', { events: eventTypes<{ tick: { load: number } }>() })
 * stream.on('tick', ({ load }) => console.log(load))
 */
export function createEventStream<M extends EventMap = AnyEvents, Initial = PayloadOf<M> | undefined>(
  url: StreamURL,
  options?: EventStreamOptions<M, PayloadOf<M> | Initial> & UnreducedOptions<Initial>,
): EventStream<M, PayloadOf<M> | Initial>
/** Follows an event stream, of which `data` is what `reduce` makes of its events. */
export function createEventStream<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>(
  url: StreamURL,
  options: EventStreamOptions<M, Data>,
): EventStream<M, Data>
export function createEventStream<M extends EventMap, Data>(
  url: StreamURL,
  options: EventStreamOptions<M, Data> = {},
): EventStream<M, Data> {
  // Inside, events have no types: they are what the server sends, and `M` is what the caller says of them.
  const callbacks = options as AnyOptions
  const stream = createStream(url, callbacks)
  stream.attach({ callbacks })
  stream.begin()
  return stream as unknown as EventStream<M, Data>
}
