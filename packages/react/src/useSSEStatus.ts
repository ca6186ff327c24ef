'use client'

import type { AnySSEClient, ConnectionState } from '@tidewire/client'
import { useClient } from './SSEProvider.ts'
import { useObserved } from './useObserved.ts'

/** Options of {@link useSSEStatus}. */
export interface UseSSEStatusOptions {
  /** The client, instead of that of the provider. */
  client?: AnySSEClient | undefined
}

/**
 * Shows how the connection of the client is: for one banner for the whole page.
 *
 * @example
 * const { isLost } = useSSEStatus()
 * return isLost && <p role="status">Reconnecting …</p>
 */
export function useSSEStatus({ client }: UseSSEStatusOptions = {}): ConnectionState {
  return useObserved(useClient(client).state, {})
}
