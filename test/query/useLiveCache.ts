import { QueryClient, QueryObserver, type QueryObserverOptions } from '@tanstack/query-core'
import type { SSEClient } from '@tidewire/client'
import { syncQueryCache, type SyncQueryCacheOptions } from '@tidewire/client/query'
import { onTestFinished, vi } from 'vitest'
import { asInBrowser } from './asInBrowser.ts'

vi.setConfig({ testTimeout: 20_000 })

/** A query client, until the test is over. */
export function useQueryClient(): QueryClient {
  asInBrowser()
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  queryClient.mount()
  onTestFinished(() => {
    queryClient.clear()
    queryClient.unmount()
  })
  return queryClient
}

/** A query client whose queries are kept true, until the test is over. */
export function useLiveCache(client: SSEClient, options: SyncQueryCacheOptions = {}): QueryClient {
  const queryClient = useQueryClient()
  onTestFinished(syncQueryCache(queryClient, client, { linger: 0, ...options }))
  return queryClient
}

/** Looks at a query, as a component does, and tells what it shows. */
export function look<T>(queryClient: QueryClient, options: QueryObserverOptions<T, Error, T, T>) {
  const observer = new QueryObserver<T, Error, T, T>(queryClient, options)
  const leave = observer.subscribe(() => {})
  onTestFinished(leave)
  return {
    leave,
    observer,
    get data() {
      return observer.getCurrentResult().data
    },
  }
}

/** Waits until an expectation holds, as long as a busy machine may need. */
export function until(expectation: () => void): Promise<void> {
  return vi.waitFor(expectation, { timeout: 10_000, interval: 10 })
}
