import {
  type ChannelName,
  type ChannelObserverOptions,
  type ChannelOutput,
  type ChannelSource,
  type Contract,
  createChannelObserver,
  type EventMap,
  type EventStreamActions,
  type PayloadOf,
  type RegisteredContract,
  type SSEClient,
  type SSESubscriptionState,
  type UnreducedOptions,
} from '@tidewire/client'
import { type MaybeRefOrGetter, toValue, watch } from 'vue'
import { useClient } from './createSSE.ts'
import { type ReactiveOptions, readOptions } from './reactiveOptions.ts'
import { type Refs, useObserved } from './useObserved.ts'

/** Options of {@link useSSEChannel}. Those that are data may be refs or getters. */
export type UseSSEChannelOptions<
  C extends Contract<C> = RegisteredContract,
  M extends EventMap = EventMap,
  Data = PayloadOf<M> | undefined,
> = ReactiveOptions<Omit<ChannelObserverOptions<M, Data>, 'initialData' | 'suspense'>> & {
  /** What `data` is before the first event. */
  initialData?: Data | undefined
  /** The client, instead of that of the plugin. */
  client?: SSEClient<C> | undefined
}

/** What {@link useSSEChannel} returns: each field of the state as a ref, so that it can be destructured. */
export type UseSSEChannelReturn<M extends EventMap, Data = PayloadOf<M> | undefined> = Refs<
  SSESubscriptionState<M, Data>
> &
  Omit<EventStreamActions, 'open'> & {
    /** Takes part again, where that is closed. */
    open: () => void
  }

/**
 * Takes part in a channel of a hub for as long as the component, or the effect scope, lives; not on the server, while `channel`
 * is null, undefined, false or '', or while `enabled` is false. All components share the one connection of their client. A channel
 * that is refused or revoked is closed with its `error`, and the others go on.
 *
 * @example
 * const { data, status } = useSSEChannel('orders/42', { on: { updated: (order) => toast(order.title) } })
 */
export function useSSEChannel<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
  Initial = PayloadOf<ChannelOutput<C, N>> | undefined,
>(
  channel: MaybeRefOrGetter<ChannelSource<N>>,
  options?: UseSSEChannelOptions<C, ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial> &
    UnreducedOptions<Initial>,
): UseSSEChannelReturn<ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial>
/** Takes part in a channel for as long as the component lives; `data` is what `reduce` makes of its events. */
export function useSSEChannel<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
  Data = PayloadOf<ChannelOutput<C, N>> | undefined,
>(
  channel: MaybeRefOrGetter<ChannelSource<N>>,
  options: UseSSEChannelOptions<C, ChannelOutput<C, N>, Data>,
): UseSSEChannelReturn<ChannelOutput<C, N>, Data>
export function useSSEChannel<C extends Contract<C>, const N extends ChannelName<C>, Data>(
  channel: MaybeRefOrGetter<ChannelSource<N>>,
  options: UseSSEChannelOptions<C, ChannelOutput<C, N>, Data> = {},
): UseSSEChannelReturn<ChannelOutput<C, N>, Data> {
  const client = useClient(options.client) as unknown as SSEClient<C>
  const read = () => readOptions<ChannelObserverOptions<ChannelOutput<C, N>, Data>>(options)
  const observer = createChannelObserver<C, N, Data>(client, toValue(channel), read())
  watch([() => toValue(channel), read], ([name, next]) => observer.setOptions(name, next))
  const { open, pause, resume, reconnect, close } = observer
  return { ...useObserved(observer), open, pause, resume, reconnect, close }
}
