import type { ChannelName, ChannelOutput, Contract } from '@tidewire/protocol'
import { onNextFrame } from '../frame.ts'
import { callSafely } from '../report.ts'
import type { EventStreamActions, Gap } from '../state.ts'
import { isSameData } from '../sameData.ts'
import { createPrevious } from '../previous.ts'
import { checkStable } from '../streamKey.ts'
import { forEachMember } from '../subscription.ts'
import type { AnyEvents, EventMap, PayloadOf } from '../types.ts'
import { isLoaded, keepGap, letGo, untilLoaded } from '../untilLoaded.ts'
import type { BindingClient } from './bindingClient.ts'
import { findLoader, loaderKeyOf, shareLoader } from './channelLoader.ts'
import { stateAtFirst, stateBefore } from './stateBefore.ts'
import type { AnySubscriptionOptions, ClientSubscription } from './clientSubscription.ts'
import type { SSEClient, SSESubscriptionOptions, SSESubscriptionState } from './clientTypes.ts'
import type { AnySubscriptionState } from './subscriptionState.ts'

/** Options of an observer of a channel. */
export interface ChannelObserverOptions<
  M extends EventMap = AnyEvents,
  Data = PayloadOf<M> | undefined,
> extends SSESubscriptionOptions<M, Data> {
  /** Whether to take part. @default true */
  enabled?: boolean | undefined
  /** Whether observers find what one of them has waited for: for a binding that makes this anew until there is an event. */
  suspense?: boolean | undefined
}

/** A name of a channel; there is none while it is null, undefined, false or ''. */
export type ChannelSource<N extends string = string> = N | null | undefined | false | ''

/** A part in a channel for as long as somebody subscribes to it: what a framework's binding is made of. */
export interface ChannelObserver<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined> extends Omit<
  EventStreamActions,
  'open'
> {
  /** Takes part again, where that is closed. */
  open: () => void
  /** Calls `listener` after each publication. The first subscriber takes part in the channel, the last one leaves it. */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => SSESubscriptionState<M, Data>
  /** Returns the state as a server shows it, where nobody takes part: the same object for the same channel and options. */
  getServerSnapshot: () => SSESubscriptionState<M, Data>
  /**
   * Replaces channel and options. Another channel leaves the one before; `data` stays until the first event of the new one,
   * unless there is a `reduce`, or another `initialData` comes with it.
   */
  setOptions: (channel: ChannelSource, options: ChannelObserverOptions<M, Data>) => void
  /**
   * Follows until the first event, in silence, or for a while: ask again. Returns undefined where an event has come already, or
   * none will; where nobody else could follow the same; and once somebody has subscribed.
   */
  load: () => Promise<void> | undefined
}

/** Creates an observer of a channel. It takes part when somebody subscribes. */
export function createChannelObserver<
  C extends Contract<C>,
  N extends ChannelName<C>,
  Data = PayloadOf<ChannelOutput<C, N>> | undefined,
>(
  client: SSEClient<C>,
  channel: ChannelSource<N>,
  options: ChannelObserverOptions<ChannelOutput<C, N>, Data> = {},
): ChannelObserver<ChannelOutput<C, N>, Data> {
  return observe(client as unknown as BindingClient, channel, options as Options) as never
}

type Options = AnySubscriptionOptions & { enabled?: boolean | undefined; suspense?: boolean | undefined }

interface Observer extends ChannelObserver<AnyEvents, unknown> {
  /** Its part, or the one that it had. */
  part: () => ClientSubscription | undefined
}

function observe(client: BindingClient, name: ChannelSource, options: Options): Observer {
  const listeners = new Set<() => void>()
  const previous = createPrevious<AnySubscriptionState>()
  /** Whose data are kept, and when what it had brought was last no longer to be seen by then. */
  let former: [name: string, voided: number] | undefined
  let loader = find()
  /** The part that it had, to go on from there. */
  let left = loader?.part()
  let resting = loader?.getSnapshot() ?? rest()
  let atFirst: AnySubscriptionState | undefined
  let part: ClientSubscription | undefined
  let unsubscribe: (() => void) | undefined
  /** What it is yet to be told of. */
  let missed: Gap | undefined
  let isShown = false
  /** When what its channel had brought was last no longer to be seen, as far as it has heard of that. */
  let voided = voidedAt()

  const notify = () => forEachMember(listeners, (listener) => listener())

  function voidedAt(): number {
    return name ? client.voidedAt(name) : 0
  }

  function find(): Observer | undefined {
    const key = options.suspense && isWanted(name, options) ? loaderKeyOf(name, options) : undefined
    return key === undefined ? undefined : findLoader(client, name as string, key)
  }

  function rest(): AnySubscriptionState {
    return isWanted(name, options) ? stateBefore(client, name, options) : stateAtFirst(false, options)
  }

  /** What was seen while somebody was put aside may be for others' eyes by now: whoever comes back begins anew. */
  function forget(): void {
    if (former && client.voidedAt(former[0]) !== former[1]) {
      former = undefined
      previous.keep(undefined)
    }
    const now = voidedAt()
    if (part || voided === now) return
    voided = now
    left = loader = missed = undefined
    const { status, closeReason, error } = resting
    resting = status === 'closed' ? { ...stateAtFirst(true, options), status, closeReason, error } : rest()
  }

  function follow(): void {
    // What is over is not asked for again because somebody comes back.
    if (!isWanted(name, options) || resting.status === 'closed') return
    part = client.rejoin(name, options, left)
    voided = voidedAt()
    left = undefined
    unsubscribe = part.subscribe(notify)
    missed = (loader && letGo(loader)) ?? missed
    // Not while a component is being made.
    if (missed) queueMicrotask(tell)
  }

  function tell(): void {
    if (!missed || !part) return
    const gap = missed
    missed = undefined
    callSafely(options.onGap, gap)
  }

  /** Hears nothing more. Returns what ends the part. */
  function detach(): (() => void) | undefined {
    if (!part) return undefined
    left = part
    part = undefined
    const { data, lastEvent, recent, lastEventId, status, close } = left
    const isOver = status === 'closed'
    // What has ended may have been ended for good.
    if (!isOver) voided = voidedAt()
    resting = isOver ? left.getSnapshot() : { ...stateAtFirst(true, options), data, lastEvent, recent, lastEventId }
    unsubscribe?.()
    // Nobody asked for this end.
    left.setOptions({ linger: left.options.linger, recent: left.options.recent, reduce: left.options.reduce })
    return close
  }

  function subscribe(listener: () => void): () => void {
    const entry = () => listener()
    forget()
    isShown = true
    listeners.add(entry)
    if (listeners.size === 1) follow()
    return () => {
      if (listeners.delete(entry) && listeners.size === 0) detach()?.()
    }
  }

  function open(): void {
    // What has ended by hand was not told of what may no longer be seen.
    if (part?.status === 'closed' && voided !== voidedAt()) {
      detach()
      forget()
    }
    if (part) return part.open()
    if (listeners.size === 0) return
    loader = undefined
    resting = rest()
    follow()
    notify()
  }

  const getSnapshot = () => {
    forget()
    return previous.show(part?.getSnapshot() ?? resting)
  }

  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => (atFirst ??= stateAtFirst(isWanted(name, options), options)),
    part: () => part ?? left,
    load() {
      // What is shown is not taken away again, also where it is another channel's by now.
      if (isShown || !isWanted(name, options)) return undefined
      const key = loaderKeyOf(name, options)
      // Nobody could find it again.
      if (key === undefined) return undefined
      const { reduce, initialData, recent, lastEventId, linger } = options
      // Others with the same function have made something of what they had.
      let isDone = !reduce || !Object.is(getSnapshot().data, initialData)
      const onEvent = () => void (isDone = true)
      const onGap = (gap: Gap) => keepGap(made, gap)
      const silent = { reduce, initialData, recent, lastEventId, linger, onEvent, onGap }
      const make = () => shareLoader(client, name as string, key, observe(client, name, silent), () => isDone)
      const made: Observer = find() ?? make()
      if (!isLoaded(made)) checkStable(`the channel "${name}"`, key, loaderKeyOf(name, options, true))
      return untilLoaded((loader = made), made)
    },
    setOptions(nextName, nextOptions) {
      const next = nextOptions as Options
      forget()
      const isSameName = nextName === name
      if (isSameName && isWanted(name, options) === isWanted(nextName, next)) {
        part?.setOptions(next)
        options = next
        return
      }
      const leave = detach()
      forget()
      // What one function has made of the events of a channel means nothing in another.
      const isKept = !next.reduce && isSameData(options.initialData, next.initialData)
      const shown = resting
      const wasOf = name
      loader = undefined
      name = nextName
      options = next
      if (!isSameName) {
        if (wasOf && shown.lastEvent) former = [wasOf, voided]
        previous.keep(isKept ? previous.show(shown) : undefined)
        left = missed = undefined
        voided = voidedAt()
      }
      try {
        resting = rest()
        if (isSameName) {
          const { data, lastEvent, recent, lastEventId } = shown
          resting = { ...resting, data, lastEvent, recent, lastEventId }
        }
        // The new one before the old one is left: they share a connection, which nobody would want in between.
        if (listeners.size > 0) follow()
      } finally {
        leave?.()
      }
      onNextFrame(notify)
    },
    open,
    pause: () => part?.pause(),
    resume: () => part?.resume(),
    reconnect: () => (part && part.status !== 'closed' ? part.reconnect() : open()),
    close: () => part?.close(),
  }
}

function isWanted(name: ChannelSource, { enabled = true }: Options): name is string {
  return Boolean(name) && enabled
}
