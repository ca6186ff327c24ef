'use client'

import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { createLiveStatusObserver, type LiveState, type QueryClientLike } from '@tidewire/client/query'
import { useObserved } from '../useObserved.ts'

/**
 * Shows how true the query of a key is: `live`, `catching-up`, `offline` or `stale`, and since when, or until when, it was
 * live. The query client is that of TanStack's provider, or the one that is given. On a server, and before the query is looked at, it is
 * `stale`.
 *
 * @example
 * const { status, lastSyncedAt } = useLiveStatus(['order', id])
 * return status === 'offline' && <p>As of {new Date(lastSyncedAt ?? 0).toLocaleTimeString()}</p>
 */
export function useLiveStatus(queryKey: readonly unknown[], queryClient?: QueryClientLike): LiveState {
  // It hands back what it is given.
  const client = useQueryClient(queryClient as QueryClient | undefined)
  return useObserved(createLiveStatusObserver(client, queryKey), {})
}
