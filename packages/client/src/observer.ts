import { onNextFrame } from './frame.ts'
import type { EventStreamOptions } from './options.ts'
import { methodOf } from './request.ts'
import { isSameContent, isSameRequest, type Purpose } from './sameRequest.ts'
import type { EventStreamActions, EventStreamState } from './state.ts'
import { createStream, type StreamURL } from './stream.ts'
import { forEachMember } from './subscription.ts'
import type { AnyEvents, EventMap } from './types.ts'

/** Options of an observer. What a `signal` would say is said by the last subscriber, who leaves. */
export interface ObserverOptions<M extends EventMap = AnyEvents> extends Omit<EventStreamOptions<M>, 'signal'> {}

/** A stream that is connected for as long as somebody subscribes to it: what a framework's binding is made of. */
export interface EventStreamObserver<M extends EventMap = AnyEvents> extends EventStreamActions {
  /** Calls `listener` after each publication. The first subscriber opens the stream, the last one leaves it. */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M>
  /**
   * Replaces URL and options. What is read for each attempt or each event, such as headers and callbacks, costs nothing;
   * another URL, method, body or `credentials` ends the connection. `data` stays until the new stream's first event.
   */
  setOptions: (url: StreamURL, options: ObserverOptions<M>) => void
}

/** Creates an observer. It connects when somebody subscribes. Throws a `TypeError` for options that make no sense. */
export function createEventStreamObserver<M extends EventMap = AnyEvents>(
  url: StreamURL,
  options: ObserverOptions<M> = {},
): EventStreamObserver<M> {
  // Inside, events have no types: see `createEventStream`.
  let purpose: Purpose = { url, options: options as EventStreamOptions }
  const sink = { callbacks: purpose.options }
  const listeners = new Set<() => void>()
  let stream = createStream(url, purpose.options)
  let leave: (() => void) | undefined

  function follow(): void {
    const detach = stream.attach(sink)
    const unsubscribe = stream.subscribe(notify)
    let isSent = false
    stream.resume()
    // After the stream's own microtask, in which the request goes out.
    queueMicrotask(() => {
      isSent = true
    })
    leave = () => {
      leave = undefined
      detach()
      unsubscribe()
      const wasOver = stream.status === 'closed'
      stream.close()
      // Who comes back goes on from where it was, but has not asked for a second request: what is not a GET is never
      // repeated unasked.
      const isRepeatable = !isSent || methodOf(purpose.options) === 'GET'
      if (!wasOver && isRepeatable) stream = createStream(purpose.url, purpose.options, contentOf(stream))
    }
  }

  function notify(): void {
    forEachMember(listeners, (listener) => listener())
  }

  function setOptions(next: Purpose): void {
    const { data, lastEvent } = stream
    // The position and the events of one stream mean nothing to another.
    const kept = isSameContent(purpose, next) ? contentOf(stream) : { data, lastEvent }
    const isSame = isSameRequest(purpose, next)
    // Either throws before anything has changed.
    const successor = isSame ? undefined : createStream(next.url, next.options, kept)
    if (isSame) stream.setOptions(next.options)
    const isFollowed = leave !== undefined
    if (successor) leave?.()
    purpose = next
    sink.callbacks = next.options
    if (!successor) return
    stream = successor
    if (isFollowed) follow()
    // Not at once: a URL that is new in every render would keep the page from ever being drawn.
    onNextFrame(notify)
  }

  // A late call, from a component that is gone, must not connect what nobody would ever leave.
  const whenFollowed = (act: () => void) => {
    if (leave) act()
  }

  return {
    subscribe(listener) {
      const entry = () => listener()
      listeners.add(entry)
      if (!leave) follow()
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) leave?.()
      }
    },
    getSnapshot: () => stream.getSnapshot() as unknown as EventStreamState<M>,
    setOptions: (nextURL, nextOptions) => setOptions({ url: nextURL, options: nextOptions as EventStreamOptions }),
    open: () => whenFollowed(stream.open),
    reconnect: () => whenFollowed(stream.reconnect),
    close: () => stream.close(),
  }
}

function contentOf({ data, lastEvent, recent, lastEventId }: EventStreamState<AnyEvents>) {
  return { data, lastEvent, recent, lastEventId }
}
