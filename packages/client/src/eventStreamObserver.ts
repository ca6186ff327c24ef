import type { EventStreamOptions } from './options.ts'
import type { EventStreamActions, EventStreamState } from './state.ts'
import type { StreamURL } from './stream.ts'
import type { AnyEvents, EventMap, PayloadOf } from './types.ts'

/** Options of an observer. What a `signal` would say is said by the last subscriber, who leaves. */
export interface ObserverOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined> extends Omit<
  EventStreamOptions<M, Data>,
  'signal'
> {
  /**
   * For how long the connection stays when the last one has left, in milliseconds: who comes back meanwhile, from another
   * page or by a remount, goes on with it. @default 1000
   */
  linger?: number | undefined
  /**
   * Whether this is made anew until there is an event, by a binding that waits for that: of what a stream is shared by, a
   * `headers` function then counts by what it returns. Only for a GET.
   */
  suspense?: boolean | undefined
}

/**
 * A stream that is connected for as long as somebody subscribes to it: what a framework's binding is made of. All who observe
 * the same GET with the same options share one connection; see `useEventStream` for what is the same.
 *
 * `pause()` and `close()` are each one's own: the connection rests when all who share it do, and ends with the last of them.
 * Who goes on, or opens again, beside others who had events meanwhile, shows what they show, and hears `onGap`. What `open()`
 * is given makes a connection of one's own where others go on with theirs. `reconnect()` is for all.
 */
export interface EventStreamObserver<
  M extends EventMap = AnyEvents,
  Data = PayloadOf<M> | undefined,
> extends EventStreamActions {
  /** Calls `listener` after each publication. The first subscriber opens the stream, the last one leaves it. */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M, Data>
  /** Returns the state as a server shows it, where nothing is connected: always the same object. */
  getServerSnapshot: () => EventStreamState<M, Data>
  /**
   * Replaces URL and options. What is read for each attempt or each event, such as headers and callbacks, costs nothing; with
   * other headers, it is shared from then on only with those who have changed them as it did, and had the same until then.
   * Another URL, method, body or `credentials` ends the connection. `data` stays until the new stream's first event or its
   * end, unless another `initialData` comes with it; others who follow the new stream are not shown it.
   */
  setOptions: (url: StreamURL, options: ObserverOptions<M, Data>) => void
  /**
   * Follows until the first event, in silence, or for a while: ask again. Returns undefined where an event has come already, or
   * none will; where nobody else could follow the same; and once somebody has subscribed.
   */
  load: () => Promise<void> | undefined
}
