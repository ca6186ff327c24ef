import type { AnyState } from './dispatch.ts'
import { onNextFrame } from './frame.ts'
import { checkOptions, type EventStreamOptions, type RequestOptions } from './options.ts'
import { createPrevious } from './previous.ts'
import { contentOf, findShared, join, recall, rename, settle, type SharedStream, timesForgotten } from './registry.ts'
import { callSafely } from './report.ts'
import { methodOf } from './request.ts'
import { isSameData } from './sameData.ts'
import { isSameContent, isSameRequest, type Purpose } from './sameRequest.ts'
import type { CloseReason, EventStreamActions, EventStreamState } from './state.ts'
import type { Sink } from './dispatch.ts'
import { checkStable, keyOf } from './streamKey.ts'
import { type AnyOptions, createStream, fresh, type StreamURL } from './stream.ts'
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
   * Whether this is made anew until there is an event, by a binding that waits for that: of what a stream is shared by,
   * `reduce`, `parse` and `until` then count by their text, and `headers` by what it returns. Only for a GET.
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
   * Replaces URL and options. What is read for each attempt or each event, such as headers and callbacks, costs nothing;
   * another URL, method, body or `credentials` ends the connection. `data` stays until the new stream's first event or its
   * end, unless another `initialData` comes with it; others who follow the new stream are not shown it.
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
  /** What is shown, in place of the stream's state, by one who rests or has closed its part: others may go on. */
  let apart: AnyState | undefined
  const previous = createPrevious<AnyState>()
  /** How often all was forgotten by the time when the last one left. */
  let era = timesForgotten
  const sink: Sink = {
    get callbacks() {
      // Who rests hears of nothing but the end; who has closed its part has had that.
      return !apart ? purpose.options : apart.status === 'paused' ? { onClose } : {}
    },
  }
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
    if (apart?.status === 'closed') return
    const mine = find()
    if (apart) mine.resting.add(sink)
    const { stream } = mine
    mine.heirs.delete(inherit)
    const detach = stream.attach(sink)
    const quit = join(mine, notify)
    letGo(mine)
    leave = (linger) => {
      leave = undefined
      detach()
      mine.resting.delete(sink)
      const { options } = purpose
      const isRead = methodOf(options) === 'GET'
      era = timesForgotten
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

  /** Whoever comes back after all was forgotten begins anew. */
  function forget(): void {
    if (listeners.size > 0 || era === timesForgotten) return
    era = timesForgotten
    previous.keep(undefined)
    shared.heirs.delete(inherit)
    shared = obtain(purpose)
    if (!apart) return
    const { status, closeReason } = apart
    apart = undefined
    stepAside({ status, closeReason })
  }

  function notify(): void {
    forEachMember(listeners, (listener) => listener())
  }

  function setOptions(next: Purpose): void {
    const key = keyOf(next)
    const other = findShared(key)
    const isAlone = shared.followers <= (leave ? 1 : 0)
    const isSame = isSameRequest(purpose, next)
    if (isSame && (shared.key === key || (isAlone && !other))) {
      // Throws before anything has changed.
      shared.stream.setOptions(next.options)
      if (shared.key !== key) rename(shared, key)
      purpose = next
      return
    }
    const state = apart ?? shared.stream
    const isSameStream = isSameContent(purpose, next)
    const successor = obtain(next, isSameStream ? contentOf(state) : undefined)
    // The position and the events of one stream mean nothing to another, which may say itself what it shows at first.
    const isKept = isSameData(purpose.options.initialData, next.options.initialData)
    if (!isSameStream) previous.keep(isKept ? previous.show({ ...state }) : undefined)
    // What is not wanted any more does not linger.
    leave?.(0)
    shared.heirs.delete(inherit)
    purpose = next
    shared = successor
    if (!isSame) apart = undefined
    if (listeners.size > 0) follow()
    // Not at once: a URL that is new in every render would keep the page from ever being drawn.
    onNextFrame(notify)
  }

  /** Shows a state of its own from here on: the one until now, but for this. */
  function stepAside(change: Partial<AnyState>): void {
    apart = { ...(apart ?? shared.stream), ...fresh, isLost: false, ...change }
  }

  /** Shows again what all show, by coming back to them. What they had meanwhile, it has missed. */
  function comeBack({ lastEvent, lastEventId }: AnyState, enter: () => void): void {
    apart = undefined
    enter()
    onNextFrame(notify)
    const { stream } = shared
    const hasMissed = stream.lastEvent !== lastEvent || stream.lastEventId !== lastEventId
    if (hasMissed) callSafely(purpose.options.onGap, { reason: 'reset' })
  }

  /** It is over for all, also for who rests. */
  function onClose(reason: CloseReason): void {
    apart = undefined
    onNextFrame(notify)
    purpose.options.onClose?.(reason)
  }

  function pause(): void {
    if (!leave || apart || ['idle', 'closed'].includes(shared.stream.status)) return
    stepAside({ status: 'paused' })
    shared.resting.add(sink)
    settle(shared)
    onNextFrame(notify)
  }

  function resume(): void {
    if (!leave || !apart) return
    comeBack(apart, () => {
      shared.resting.delete(sink)
      settle(shared)
    })
  }

  function open(request?: RequestOptions): void {
    // A late call, from a component that is gone, must not connect what nobody would ever leave.
    if (listeners.size === 0) return
    if (apart?.status !== 'closed') {
      shared.stream.open(request)
      return
    }
    const left = apart
    comeBack(left, () => {
      if (request && findShared(shared.key)) shared = share(purpose, undefined, contentOf(left))
      find().stream.open(request)
      follow()
    })
  }

  function reconnect(): void {
    if (!leave) return open()
    resume()
    shared.stream.reconnect()
  }

  function close(): void {
    const { stream, followers } = shared
    const isFollowed = leave !== undefined
    // Nor must it end what others follow.
    if ((!isFollowed && followers > 0) || (apart ?? stream).status === 'closed') return
    stepAside({ status: 'closed', closeReason: 'manual' })
    if (followers <= 1) stream.close()
    if (!isFollowed) return
    leave?.(0)
    notify()
    callSafely(purpose.options.onClose, 'manual')
  }

  function subscribe(listener: () => void): () => void {
    const entry = () => listener()
    forget()
    listeners.add(entry)
    if (!leave) follow()
    return () => {
      if (listeners.delete(entry) && listeners.size === 0) leave?.()
    }
  }

  const snapshotOf = (state: AnyState) => state as unknown as EventStreamState<M, Data>
  const getSnapshot = () => {
    forget()
    return snapshotOf(previous.show(apart ?? shared.stream.getSnapshot()))
  }

  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => (atFirst ??= snapshotOf(createStream(purpose.url, purpose.options).getSnapshot())),
    load() {
      const mine = find()
      // Nobody could find again what is not shared. What is shown of another URL is not waited for again.
      if (mine.key === undefined || apart || getSnapshot().lastEvent) return undefined
      checkStable(purpose, mine.key)
      const subscribe = (listener: () => void) => {
        const quit = join(mine, listener)
        return () => quit(lingerOf(purpose.options))
      }
      return untilLoaded(mine, { subscribe, getSnapshot: mine.stream.getSnapshot })
    },
    setOptions: (nextURL, nextOptions) => setOptions({ url: nextURL, options: nextOptions as AnyOptions }),
    open,
    pause,
    resume,
    reconnect,
    close,
  }
}

function lingerOf({ linger = 1000 }: Purpose['options']): number {
  return linger
}

function obtain(purpose: Purpose, seed?: Partial<AnyState>): SharedStream {
  checkOptions(purpose.options)
  const key = keyOf(purpose)
  return findShared(key) ?? share(purpose, key, seed ?? recall(key))
}

function share({ url, options }: Purpose, key: string | undefined, seed?: Partial<AnyState>): SharedStream {
  return { stream: createStream(url, options, seed), key, followers: 0, resting: new Set(), heirs: new Set() }
}
