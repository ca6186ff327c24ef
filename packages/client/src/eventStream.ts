import type { EventStreamOptions } from './options.ts'
import type { EventStreamState } from './state.ts'
import { createStream, type StreamURL } from './stream.ts'
import type { AnyEvents, EventHandler, EventMap } from './types.ts'

/** What can be done with a stream. */
export interface EventStreamActions {
  /** Connects where the stream is idle or closed, from the last position; else does nothing. */
  open: () => void
  /** Drops the connection, or the wait for one, and connects at once, from the last position. */
  reconnect: () => void
  /** Ends the stream, whatever it is doing. No later event reaches anybody; `onClose` is called. Idempotent. */
  close: () => void
}

/** A stream of events. Its fields are the state now. */
export interface EventStream<M extends EventMap = AnyEvents> extends EventStreamState<M>, EventStreamActions {
  /** Calls `handler` with every event of that name, until the returned function is called. */
  on: <Name extends keyof M & string>(name: Name, handler: EventHandler<M, Name>) => () => void
  /**
   * Calls `listener` whenever the state is published, until the returned function is called: at most once per frame, and
   * at once when the stream closes.
   */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M>
}

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
export function createEventStream<M extends EventMap = AnyEvents>(
  url: StreamURL,
  options: EventStreamOptions<M> = {},
): EventStream<M> {
  // Inside, events have no types: they are what the server sends, and `M` is what the caller says of them.
  const callbacks = options as EventStreamOptions
  const stream = createStream(url, callbacks)
  stream.attach({ callbacks })
  stream.resume()
  return stream as unknown as EventStream<M>
}
