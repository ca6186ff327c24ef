import type { ChannelName, ChannelSource, Contract, RegisteredContract, SSEClient, SSEPresence } from '@tidewire/client'
import { computed, type MaybeRefOrGetter } from 'vue'
import type { Refs } from './useObserved.ts'
import { useSSEChannel } from './useSSEChannel.ts'

/** Options of {@link usePresence}. */
export interface UsePresenceOptions<C extends Contract<C> = RegisteredContract> {
  /** The client, instead of that of the plugin. */
  client?: SSEClient<C> | undefined
}

/**
 * Shows who is there on a channel, where its hub shows that. It takes part in the channel, so whoever looks is there too.
 *
 * @example
 * const { count, members } = usePresence('rooms/lobby')
 */
export function usePresence<
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
>(channel: MaybeRefOrGetter<ChannelSource<N>>, options: UsePresenceOptions<C> = {}): Refs<SSEPresence> {
  const { presence } = useSSEChannel<C, N>(channel, options)
  return {
    count: computed(() => presence.value?.count ?? 0),
    members: computed(() => presence.value?.members ?? []),
  }
}
