'use client'

import type { ChannelName, ChannelSource, Contract, RegisteredContract, SSEClient, SSEPresence } from '@tidewire/client'
import type { UseErrorOptions } from './useObserved.ts'
import { useSSEChannel } from './useSSEChannel.ts'

/** Options of {@link usePresence}. */
export interface UsePresenceOptions<C extends Contract<C> = RegisteredContract> extends UseErrorOptions {
  /** The client, instead of that of the provider. */
  client?: SSEClient<C> | undefined
}

const NOBODY: SSEPresence = { count: 0, members: [] }

/**
 * Shows who is there on a channel, where its hub shows that. It takes part in the channel, so whoever looks is there too.
 *
 * @example
 * const { count, members } = usePresence('rooms/lobby')
 */
export function usePresence<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
>(channel: ChannelSource<N>, options: UsePresenceOptions<C> = {}): SSEPresence {
  return useSSEChannel<C, N>(channel, options).presence ?? NOBODY
}
