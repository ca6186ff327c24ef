import { subscription } from '../subscription.ts'
import { type LiveState, livenessOf } from './liveness.ts'
import type { QueryCacheLike, QueryClientLike } from './queryClient.ts'

const listeners = new WeakMap<QueryCacheLike, Set<() => void>>()

/** Those who watch how true the queries of a client are. */
export function listenersOf(queryClient: QueryClientLike): Set<() => void> {
  const cache = queryClient.getQueryCache()
  const all = listeners.get(cache) ?? new Set()
  listeners.set(cache, all)
  return all
}

/** Watches how true a query is. */
export interface LiveStatusObserver {
  /** Calls `listener` whenever that changes, until the returned function is called. */
  subscribe: (listener: () => void) => () => void
  /** How it is now: the same object until it changes. */
  getSnapshot: () => LiveState
}

/** Creates an observer of how true a query is: what `useLiveStatus` is made of. */
export function createLiveStatusObserver(
  queryClient: QueryClientLike,
  queryKey: readonly unknown[],
): LiveStatusObserver {
  const { queryHash } = queryClient.defaultQueryOptions({ queryKey } as never)
  return {
    subscribe: (listener) => subscription(listenersOf(queryClient), () => listener()),
    getSnapshot: () => livenessOf(queryClient.getQueryCache().get(queryHash)),
  }
}
