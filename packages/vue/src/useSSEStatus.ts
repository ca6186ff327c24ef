import type { AnySSEClient, ConnectionState } from '@tidewire/client'
import { useClient } from './createSSE.ts'
import { type Refs, useObserved } from './useObserved.ts'

/** Options of {@link useSSEStatus}. */
export interface UseSSEStatusOptions {
  /** The client, instead of that of the plugin. */
  client?: AnySSEClient | undefined
}

/**
 * Shows how the connection of the client is: for one banner for the whole page.
 *
 * @example
 * const { isLost } = useSSEStatus()
 */
export function useSSEStatus({ client }: UseSSEStatusOptions = {}): Refs<ConnectionState> {
  const { state } = useClient(client)
  return useObserved(state)
}
