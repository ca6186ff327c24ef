import type { EventStreamActions } from './eventStream.ts'
import type { EventStreamOptions } from './options.ts'
import { isSameContent, isSameRequest } from './request.ts'
import type { EventStreamState } from './state.ts'
import { createStream, isWanted, type StreamURL } from './stream.ts'
import { forEachMember } from './subscription.ts'
import type { AnyEvents, EventMap } from './types.ts'

/** A stream that is connected for as long as somebody subscribes to it: what a framework's binding is made of. */
export interface EventStreamObserver<M extends EventMap = AnyEvents> extends EventStreamActions {
  /** Calls `listener` after each publication. The first subscriber opens the stream, the last one leaves it. */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M>
  /**
   * Replaces URL and options. What is a function is read where it is called, so a new one costs nothing; the connection
   * ends only where the server would be asked for something else. `data` stays until the new stream's first event.
   */
  setOptions: (url: StreamURL, options: EventStreamOptions<M>) => void
}

/** Creates an observer. It connects when somebody subscribes. Throws a `TypeError` for options that make no sense. */
export function createEventStreamObserver<M extends EventMap = AnyEvents>(
  url: StreamURL,
  options: EventStreamOptions<M> = {},
): EventStreamObserver<M> {
  // Inside, events have no types: see `createEventStream`.
  const sink = { callbacks: options as EventStreamOptions }
  const listeners = new Set<() => void>()
  let stream = createStream(url, sink.callbacks)
  let leave = follow()

  function follow(): () => void {
    const detach = stream.attach(sink)
    const unsubscribe = stream.subscribe(notify)
    if (listeners.size > 0) stream.resume()
    return () => {
      detach()
      unsubscribe()
      stream.suspend()
    }
  }

  function notify(): void {
    forEachMember(listeners, (listener) => listener())
  }

  function setOptions(nextURL: StreamURL, nextOptions: EventStreamOptions): void {
    const old = sink.callbacks
    const isSameURL = String(url || '') === String(nextURL || '')
    const isSame = isSameURL && isWanted(url, old) === isWanted(nextURL, nextOptions) && isSameRequest(old, nextOptions)
    const { data, lastEvent, recent, lastEventId } = stream
    // The position and the events of one stream mean nothing to another.
    const kept =
      isSameURL && isSameContent(old, nextOptions) ? { data, lastEvent, recent, lastEventId } : { data, lastEvent }
    // Either throws before anything has changed.
    if (isSame) stream.setOptions(nextOptions)
    const next = isSame ? stream : createStream(nextURL, nextOptions, kept)
    url = nextURL
    sink.callbacks = nextOptions
    if (isSame) return
    leave()
    stream = next
    leave = follow()
    notify()
  }

  // A late call, from a component that is gone, must not connect what nobody would ever leave.
  const whenFollowed = (act: () => void) => {
    if (listeners.size > 0) act()
  }

  return {
    subscribe(listener) {
      const entry = () => listener()
      listeners.add(entry)
      stream.resume()
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) stream.suspend()
      }
    },
    getSnapshot: () => stream.getSnapshot() as unknown as EventStreamState<M>,
    setOptions: (nextURL, nextOptions) => setOptions(nextURL, nextOptions as EventStreamOptions),
    open: () => whenFollowed(stream.open),
    reconnect: () => whenFollowed(stream.reconnect),
    close: () => stream.close(),
  }
}
