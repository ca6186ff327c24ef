import { onNextFrame } from './frame.ts'
import { checkOptions, type EventStreamOptions, type RequestOptions } from './options.ts'
import { contentOf, findShared, join, keyOf, recall, rename, type SharedStream } from './registry.ts'
import { methodOf } from './request.ts'
import { isSameData } from './sameData.ts'
import { isSameContent, isSameRequest, type Purpose } from './sameRequest.ts'
import type { EventStreamActions, EventStreamState } from './state.ts'
import { type AnyOptions, createStream, type Stream, type StreamURL } from './stream.ts'
import { forEachMember } from './subscription.ts'
import { letGo, untilLoaded } from './untilLoaded.ts'
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
   * Whether functions count as the same in what a stream is shared by: for a binding that makes this anew until there is an
   * event. Only for a GET.
   */
  suspense?: boolean | undefined
}

/**
 * A stream that is connected for as long as somebody subscribes to it: what a framework's binding is made of. All who observe
 * the same GET with the same options share one connection; see `useEventStream` for what is the same.
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
   * Replaces URL and options. What is read for each attempt or each event, such as headers and callbacks, costs nothing;
   * another URL, method, body or `credentials` ends the connection. `data` stays until the new stream's first event, unless
   * another `initialData` comes with it.
   */
  setOptions: (url: StreamURL, options: ObserverOptions<M, Data>) => void
  /**
   * Follows until the first event, in silence, or for a while: ask again. Returns undefined where an event has come already, or
   * none will; and where nobody else could follow the same.
   */
  load: () => Promise<void> | undefined
}

/** Creates an observer. It connects when somebody subscribes. Throws a `TypeError` for options that make no sense. */
export function createEventStreamObserver<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>(
  url: StreamURL,
  options: ObserverOptions<M, Data> = {},
): EventStreamObserver<M, Data> {
  // Inside, events have no types: see `createEventStream`.
  let purpose: Purpose = { url, options: options as ObserverOptions<AnyEvents, unknown> }
  const sink = { callbacks: purpose.options }
  const listeners = new Set<() => void>()
  let shared = obtain(purpose)
  let atFirst: EventStreamState<M, Data> | undefined
  let leave: ((linger?: number) => void) | undefined

  /** The stream that is there now: somebody else may have come, or have left, since this was made in a render. */
  function find(): SharedStream {
    const isLost = shared.isGivenUp && shared.key !== undefined
    return (shared = findShared(shared.key) ?? (isLost ? obtain(purpose, contentOf(shared.stream)) : shared))
  }

  function follow(): void {
    const mine = find()
    const { stream } = mine
    mine.heirs.delete(inherit)
    const detach = stream.attach(sink)
    const quit = join(mine, notify)
    letGo(mine)
    leave = (linger) => {
      leave = undefined
      detach()
      const { options } = purpose
      const isRead = methodOf(options) === 'GET'
      // Who comes back goes on from where it was, but has not asked for a second request: what is not a GET is never
      // repeated unasked.
      if (stream.status !== 'closed' && (!mine.isSent || isRead)) mine.heirs.add(inherit)
      quit(isRead ? (linger ?? lingerOf(options)) : 0)
    }
  }

  /** The stream that was left is given up: what it was goes on in one that waits. */
  function inherit(): void {
    shared = obtain(purpose, contentOf(shared.stream))
  }

  function notify(): void {
    forEachMember(listeners, (listener) => listener())
  }

  function setOptions(next: Purpose): void {
    const key = keyOf(next)
    const isFollowed = leave !== undefined
    const other = findShared(key)
    const isAlone = shared.followers <= (isFollowed ? 1 : 0)
    if (isSameRequest(purpose, next) && (shared.key === key || (isAlone && !other))) {
      // Throws before anything has changed.
      shared.stream.setOptions(next.options)
      if (shared.key !== key) rename(shared, key)
      purpose = next
      sink.callbacks = next.options
      return
    }
    const { data, lastEvent } = shared.stream
    // The position and the events of one stream mean nothing to another, which may say itself what it shows at first.
    const isKept = isSameData(purpose.options.initialData, next.options.initialData)
    const borrowed = lastEvent && isKept ? { data, lastEvent } : undefined
    const isSame = isSameContent(purpose, next)
    const successor = obtain(next, isSame ? contentOf(shared.stream) : (recall(key) ?? borrowed))
    // What is not wanted any more does not linger.
    leave?.(0)
    shared.heirs.delete(inherit)
    purpose = next
    sink.callbacks = next.options
    shared = successor
    if (isFollowed) follow()
    // Not at once: a URL that is new in every render would keep the page from ever being drawn.
    onNextFrame(notify)
  }

  // A late call, from a component that is gone, must not connect what nobody would ever leave.
  const whenFollowed = (act: (stream: Stream) => void) => {
    if (leave) act(shared.stream)
  }

  function subscribe(listener: () => void): () => void {
    const entry = () => listener()
    listeners.add(entry)
    if (!leave) follow()
    return () => {
      if (listeners.delete(entry) && listeners.size === 0) leave?.()
    }
  }

  const snapshotOf = (stream: Stream) => stream.getSnapshot() as unknown as EventStreamState<M, Data>
  const getSnapshot = () => snapshotOf(shared.stream)

  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => (atFirst ??= snapshotOf(createStream(purpose.url, purpose.options))),
    load() {
      const mine = find()
      // Nobody could find again what is not shared.
      if (mine.key === undefined) return undefined
      const subscribe = (listener: () => void) => {
        const quit = join(mine, listener)
        return () => quit(lingerOf(purpose.options))
      }
      return untilLoaded(mine, { subscribe, getSnapshot: mine.stream.getSnapshot })
    },
    setOptions: (nextURL, nextOptions) => setOptions({ url: nextURL, options: nextOptions as AnyOptions }),
    open: (request?: RequestOptions) => whenFollowed((stream) => stream.open(request)),
    pause: () => whenFollowed((stream) => stream.pause()),
    resume: () => whenFollowed((stream) => stream.resume()),
    reconnect: () => whenFollowed((stream) => stream.reconnect()),
    close() {
      // Nor end what others follow.
      if (leave || shared.followers === 0) shared.stream.close()
    },
  }
}

function lingerOf({ linger = 1000 }: Purpose['options']): number {
  return linger
}

function obtain(purpose: Purpose, seed?: Parameters<typeof createStream>[2]): SharedStream {
  checkOptions(purpose.options)
  const key = keyOf(purpose)
  const stream = () => createStream(purpose.url, purpose.options, seed ?? recall(key))
  return findShared(key) ?? { stream: stream(), key, followers: 0, heirs: new Set() }
}
