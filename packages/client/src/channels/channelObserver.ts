import type { ChannelName, ChannelOutput, Contract } from '@tidewire/protocol'
import { onNextFrame } from '../frame.ts'
import type { EventStreamActions } from '../state.ts'
import { isSameData } from '../sameData.ts'
import { forEachMember } from '../subscription.ts'
import type { AnyEvents, EventMap, PayloadOf } from '../types.ts'
import { letGo, untilLoaded } from '../untilLoaded.ts'
import { findLoader } from './channelLoader.ts'
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
   * none will.
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
  return observe(client as unknown as SSEClient, channel, options as Options) as never
}

type Options = AnySubscriptionOptions & { enabled?: boolean | undefined; suspense?: boolean | undefined }
type Observer = ChannelObserver<AnyEvents, unknown>

function observe(client: SSEClient, name: ChannelSource, options: Options): Observer {
  const listeners = new Set<() => void>()
  let loader = find()
  /** What a part begins with, in place of what the options say. */
  let seed: Options = loader ? { initialData: loader.getSnapshot().data } : {}
  let resting = loader?.getSnapshot() ?? rest()
  let atFirst: AnySubscriptionState | undefined
  let part: ClientSubscription | undefined
  let unsubscribe: (() => void) | undefined

  const notify = () => forEachMember(listeners, (listener) => listener())

  function find(make?: () => Observer): Observer | undefined {
    return options.suspense && isWanted(name, options) ? findLoader(client, name, options.reduce, make) : undefined
  }

  function rest(): AnySubscriptionState {
    const given = { ...options, ...seed }
    return isWanted(name, options) ? stateBefore(client, name, given) : stateAtFirst(false, given)
  }

  function follow(): void {
    // What is over is not asked for again because somebody comes back.
    if (!isWanted(name, options) || resting.status === 'closed') return
    part = client.subscribe(name, { ...options, ...seed }) as unknown as ClientSubscription
    // What was shown before is not what it begins with, where that has to be forgotten.
    part.setOptions(options)
    unsubscribe = part.subscribe(notify)
    if (loader) letGo(loader)
  }

  /** Hears nothing more. Returns what ends the part. */
  function detach(): (() => void) | undefined {
    const left = part
    if (!left) return undefined
    const { data, lastEvent, recent, lastEventId } = left
    // Where it was is for the client to know, from here on.
    seed = { initialData: data, lastEventId: undefined }
    resting =
      left.status === 'closed'
        ? left.getSnapshot()
        : { ...stateAtFirst(true, options), data, lastEvent, recent, lastEventId }
    unsubscribe?.()
    // Nobody asked for this end.
    left.setOptions({ linger: left.options.linger, recent: left.options.recent, reduce: left.options.reduce })
    part = undefined
    return left.close
  }

  function subscribe(listener: () => void): () => void {
    const entry = () => listener()
    listeners.add(entry)
    if (listeners.size === 1) follow()
    return () => {
      if (listeners.delete(entry) && listeners.size === 0) detach()?.()
    }
  }

  function open(): void {
    if (part) return part.open()
    if (listeners.size === 0) return
    loader = undefined
    resting = rest()
    follow()
    notify()
  }

  const getSnapshot = () => part?.getSnapshot() ?? resting

  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => (atFirst ??= stateAtFirst(isWanted(name, options), options)),
    load() {
      if (part || !isWanted(name, options)) return undefined
      const { reduce, initialData, recent, lastEventId, linger } = options
      const silent = { reduce, initialData, recent, lastEventId, linger }
      loader = find(() => observe(client, name, silent))
      return loader && untilLoaded(loader, loader)
    },
    setOptions(nextName, nextOptions) {
      const next = nextOptions as Options
      const isSameName = nextName === name
      if (isSameName && isWanted(name, options) === isWanted(nextName, next)) {
        part?.setOptions(next)
        options = next
        return
      }
      const leave = detach()
      const { data, lastEvent, recent, lastEventId } = resting
      // What one function has made of the events of a channel means nothing in another.
      const isKept = isSameName || (!next.reduce && isSameData(options.initialData, next.initialData))
      loader = undefined
      name = nextName
      options = next
      if (!isSameName) seed = isKept ? { initialData: data } : {}
      try {
        resting = rest()
        resting = { ...resting, lastEvent: resting.lastEvent ?? (isKept ? lastEvent : undefined) }
        if (isSameName) resting = { ...resting, recent, lastEventId }
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
    reconnect: () => (part ? part.reconnect() : open()),
    close: () => part?.close(),
  }
}

function isWanted(name: ChannelSource, { enabled = true }: Options): name is string {
  return Boolean(name) && enabled
}
