import type { AnyState, Sink } from './dispatch.ts'
import { onNextFrame } from './frame.ts'
import { hasMissed, hasMoved, type Left, leftOf, RESET } from './missed.ts'
import type { EventStreamObserver, ObserverOptions } from './eventStreamObserver.ts'
import type { RequestOptions } from './options.ts'
import { createPrevious } from './previous.ts'
import {
  contentOf,
  findShared,
  join,
  keyIn,
  lineageOf,
  obtain,
  onForgotten,
  rename,
  settle,
  share,
  type SharedStream,
  timesForgotten,
} from './registry.ts'
import { callSafely } from './report.ts'
import { methodOf } from './request.ts'
import { isSameData } from './sameData.ts'
import { isSameContent, isSameRequest, type Purpose } from './sameRequest.ts'
import type { CloseReason, EventStreamState, Gap } from './state.ts'
import { checkStable, isSameAsker, keyOf } from './streamKey.ts'
import { type AnyOptions, createStream, fresh, type StreamURL } from './stream.ts'
import { forEachMember } from './subscription.ts'
import { isLoaded, keepGap, letGo, untilLoaded } from './untilLoaded.ts'
import type { AnyEvents, EventMap, PayloadOf } from './types.ts'

export type { EventStreamObserver, ObserverOptions } from './eventStreamObserver.ts'

const LINGER = 1000

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
  /** Of those who were somebody else together. */
  let lineage: number | undefined
  let shared = obtain(purpose)
  /** What it has left, and what that had brought. */
  let left: Left | undefined
  /** What it is yet to be told of. */
  let missed: Gap | undefined
  let isShown = false
  let atFirst: EventStreamState<M, Data> | undefined
  let leave: ((linger?: number) => void) | undefined

  /** The stream that is there now: somebody else may have come, or have left, since this was made in a render. */
  function find(): SharedStream {
    const isLost = shared.isGivenUp && shared.key !== undefined
    return (shared = findShared(shared.key) ?? (isLost ? obtain(purpose, lineage, contentOf(shared.stream)) : shared))
  }

  function follow(): void {
    if (apart?.status === 'closed') return
    const mine = find()
    const { stream } = mine
    if (apart) mine.resting.add(sink)
    else if (left && hasMissed(left, mine)) missed = RESET
    if (stream.status !== 'idle') left = undefined
    mine.heirs.delete(inherit)
    const detach = stream.attach(sink)
    const quit = join(mine, notify)
    missed = letGo(mine) ?? missed
    // Not while a component is being made.
    if (missed) queueMicrotask(tell)
    leave = (linger) => {
      leave = undefined
      detach()
      mine.resting.delete(sink)
      const { options } = purpose
      const isRead = methodOf(options) === 'GET'
      era = timesForgotten
      if (stream.status !== 'idle') left = leftOf(mine, mine.followers > 1)
      // Who comes back goes on from where it was, but has not asked for a second request: what is not a GET is never
      // repeated unasked.
      if (stream.status !== 'closed' && (!mine.isSent || isRead)) mine.heirs.add(inherit)
      quit(isRead ? (linger ?? options.linger ?? LINGER) : 0)
    }
  }

  /** The stream that was left is given up: what it was goes on in one that waits. */
  function inherit(): void {
    shared = obtain(purpose, lineage, contentOf(shared.stream))
    // What came while it lingered for this one alone is part of that.
    if (left && !left.isAmongOthers) left = leftOf(shared, false)
  }

  function tell(): void {
    if (!missed || !leave || apart) return
    const gap = missed
    missed = undefined
    callSafely(purpose.options.onGap, gap)
  }

  /** Whoever follows nothing while all is forgotten begins anew. */
  function forget(): void {
    const isIdle = leave !== undefined && shared.stream.status === 'idle'
    if ((leave && !isIdle) || era === timesForgotten) return
    era = timesForgotten
    leave?.(0)
    previous.keep(undefined)
    shared.heirs.delete(inherit)
    lineage = left = missed = undefined
    shared = obtain(purpose)
    if (isIdle) follow()
    if (!apart) return
    const { status, closeReason } = apart
    apart = undefined
    stepAside({ status, closeReason })
  }

  function notify(): void {
    forEachMember(listeners, (listener) => listener())
  }

  function setOptions(next: Purpose): void {
    forget()
    const state = apart ?? shared.stream
    const isSameStream = isSameContent(purpose, next)
    const kin = isSameStream ? kinOf(next, state) : undefined
    const key = keyIn(kin, next)
    const other = findShared(key)
    const isAlone = shared.followers <= (leave ? 1 : 0)
    const isSame = isSameRequest(purpose, next)
    if (isSame && (shared.key === key || (isAlone && !other))) {
      // Throws before anything has changed.
      shared.stream.setOptions(next.options)
      if (shared.key !== key) rename(shared, key)
      purpose = next
      lineage = kin
      return
    }
    const successor = obtain(next, kin, isSameStream ? contentOf(state) : undefined)
    // The position and the events of one stream mean nothing to another, which may say itself what it shows at first.
    const isKept = isSameData(purpose.options.initialData, next.options.initialData)
    if (!isSameStream) previous.keep(isKept ? previous.show({ ...state }) : undefined)
    // What is not wanted any more does not linger.
    leave?.(0)
    shared.heirs.delete(inherit)
    purpose = next
    lineage = kin
    shared = successor
    if (!isSameStream) left = missed = undefined
    if (!isSame) apart = undefined
    if (listeners.size > 0) follow()
    // Not at once: a URL that is new in every render would keep the page from ever being drawn.
    onNextFrame(notify)
  }

  /** The lineage from here on: what somebody had as somebody else is for nobody but those who had it, too. */
  function kinOf(next: Purpose, { status, lastEvent, lastEventId }: AnyState): number | undefined {
    const isAsked = shared.isSent && status !== 'idle'
    const isCarried = isAsked || lastEvent || lastEventId !== (purpose.options.lastEventId ?? '')
    return isCarried && !isSameAsker(purpose, next) ? lineageOf(shared) : lineage
  }

  /** Shows a state of its own from here on: the one until now, but for this. */
  function stepAside(change: Partial<AnyState>): void {
    apart = { ...(apart ?? shared.stream), ...fresh, isLost: false, ...change }
  }

  /** Shows again what all show, by coming back to them. What they had meanwhile, it has missed. */
  function comeBack(before: AnyState, enter: () => void): void {
    apart = left = undefined
    enter()
    onNextFrame(notify)
    if (hasMoved(shared, before)) callSafely(purpose.options.onGap, RESET)
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
    const closed = apart
    comeBack(closed, () => {
      if (request && findShared(shared.key)) shared = share(purpose, undefined, lineage, contentOf(closed))
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

  const notifyLater = () => onNextFrame(notify)

  function subscribe(listener: () => void): () => void {
    const entry = () => listener()
    forget()
    isShown = true
    listeners.add(entry)
    onForgotten.add(notifyLater)
    if (!leave) follow()
    return () => {
      if (!listeners.delete(entry) || listeners.size > 0) return
      onForgotten.delete(notifyLater)
      leave?.()
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
      // What is shown is not taken away again, also where it is another URL's by now.
      if (isShown) return undefined
      const mine = find()
      const { getSnapshot } = mine.stream
      // Nobody could find again what is not shared.
      if (mine.key === undefined || apart) return undefined
      if (!isLoaded({ getSnapshot })) checkStable(String(purpose.url), mine.key, keyOf(purpose, true))
      const subscribe = (listener: () => void) => {
        const detach = mine.stream.attach({ callbacks: { onGap: (gap) => keepGap(mine, gap) } })
        const quit = join(mine, listener)
        return () => {
          detach()
          quit(purpose.options.linger ?? LINGER)
        }
      }
      return untilLoaded(mine, { subscribe, getSnapshot })
    },
    setOptions: (nextURL, nextOptions) => setOptions({ url: nextURL, options: nextOptions as AnyOptions }),
    open,
    pause,
    resume,
    reconnect,
    close,
  }
}
