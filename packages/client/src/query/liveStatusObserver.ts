import { subscription } from '../subscription.ts'
import { type LiveState, livenessOf, UNKNOWN } from './liveness.ts'
import type { QueryCacheLike, QueryClientLike } from './queryClient.ts'

/** Those who watch how true the queries of a cache are. */
interface Watchers {
  readonly listeners: Set<() => void>
  /** The same function for all keys, so that a binding need not subscribe anew for another one. */
  readonly subscribe: LiveStatusObserver['subscribe']
}

const watchers = new WeakMap<QueryCacheLike, Watchers>()

function watchersOf(queryClient: QueryClientLike): Watchers {
  const cache = queryClient.getQueryCache()
  const known = watchers.get(cache)
  if (known) return known
  const listeners = new Set<() => void>()
  const made: Watchers = { listeners, subscribe: (listener) => subscription(listeners, () => listener()) }
  watchers.set(cache, made)
  return made
}

/** Those to tell that how true a query is has changed. */
export function listenersOf(queryClient: QueryClientLike): Set<() => void> {
  return watchersOf(queryClient).listeners
}

/** Watches how true a query is. */
export interface LiveStatusObserver {
  /** Calls `listener` whenever that may have changed, until the returned function is called. */
  subscribe: (listener: () => void) => () => void
  /** Returns how it is now: the same object until it changes. */
  getSnapshot: () => LiveState
  /** Returns how it is where nothing keeps queries true, as on a server: always the same object. */
  getServerSnapshot: () => LiveState
}

/** Creates an observer of how true a query is: what `useLiveStatus` is made of. */
export function createLiveStatusObserver(
  queryClient: QueryClientLike,
  queryKey: readonly unknown[],
): LiveStatusObserver {
  const { queryHash } = queryClient.defaultQueryOptions({ queryKey } as never)
  const cache = queryClient.getQueryCache()
  // A query may have a hash function of its own.
  const find = () =>
    cache.get(queryHash) ??
    cache.getAll().find((query) => query.options.queryKeyHashFn?.(queryKey as never) === query.queryHash)
  return {
    subscribe: watchersOf(queryClient).subscribe,
    getSnapshot: () => livenessOf(find()),
    getServerSnapshot: () => UNKNOWN,
  }
}
