'use client'

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
import { useEffect, useMemo } from 'react'
import { useClient } from './SSEProvider.ts'
import { type UseErrorOptions, useObserved, type UseSuspenseOptions } from './useObserved.ts'

/** Options of {@link useSSEChannel}. They may be written inline. */
export interface UseSSEChannelOptions<
  C extends Contract<C> = RegisteredContract,
  M extends EventMap = EventMap,
  Data = PayloadOf<M> | undefined,
>
  extends Omit<ChannelObserverOptions<M, Data>, 'suspense'>, UseErrorOptions, UseSuspenseOptions {
  /** The client, instead of that of the provider. */
  client?: SSEClient<C> | undefined
}

/** What {@link useSSEChannel} returns. The functions are stable. */
export interface UseSSEChannelReturn<M extends EventMap, Data = PayloadOf<M> | undefined>
  extends SSESubscriptionState<M, Data>, Omit<EventStreamActions, 'open'> {
  /** Takes part again, where that is closed. */
  open: () => void
}

/**
 * Takes part in a channel of a hub for as long as the component is mounted; not on the server, while `channel` is null,
 * undefined, false or '', or while `enabled` is false. All components share the one connection of their client. A channel that is
 * refused or revoked is closed with its `error`, and the others go on.
 *
 * @example
 * const { data, status } = useSSEChannel('orders/42', { on: { updated: (order) => toast(order.title) } })
 */
export function useSSEChannel<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
  Initial = PayloadOf<ChannelOutput<C, N>> | undefined,
>(
  channel: ChannelSource<N>,
  options?: UseSSEChannelOptions<C, ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial> &
    UnreducedOptions<Initial>,
): UseSSEChannelReturn<ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial>
/** Takes part in a channel for as long as the component lives; `data` is what `reduce` makes of its events. */
export function useSSEChannel<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
  Data = PayloadOf<ChannelOutput<C, N>> | undefined,
>(
  channel: ChannelSource<N>,
  options: UseSSEChannelOptions<C, ChannelOutput<C, N>, Data>,
): UseSSEChannelReturn<ChannelOutput<C, N>, Data>
export function useSSEChannel<C extends Contract<C>, const N extends ChannelName<C>, Data>(
  channel: ChannelSource<N>,
  options: UseSSEChannelOptions<C, ChannelOutput<C, N>, Data> = {},
): UseSSEChannelReturn<ChannelOutput<C, N>, Data> {
  const client = useClient(options.client) as unknown as SSEClient<C>
  // oxlint-disable-next-line react/exhaustive-deps -- another client is another observer; all else it is told of
  const observer = useMemo(() => createChannelObserver<C, N, Data>(client, channel, options), [client])
  useEffect(() => observer.setOptions(channel, options))
  const { open, pause, resume, reconnect, close } = observer
  return useObserved(observer, { open, pause, resume, reconnect, close }, options)
}
