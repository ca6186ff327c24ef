import { useQueryClient } from '@tanstack/vue-query'
import { createLiveStatusObserver, type LiveState, type QueryClientLike } from '@tidewire/client/query'
import { computed, type MaybeRefOrGetter, toValue, watch } from 'vue'
import { type Refs, useObserved } from '../useObserved.ts'

/**
 * Shows how true the query of a key is: `live`, `catching-up`, `offline` or `stale`, and since when, or until when, it was
 * live. The key may be a ref or a getter, or hold some, as in `useQuery`. The query client is that of TanStack's plugin, or the one that is
 * given. On a server, and before the query is looked at, it is `stale`.
 *
 * @example
 * const { status, lastSyncedAt } = useLiveStatus(['order', id])
 */
export function useLiveStatus(
  queryKey: MaybeRefOrGetter<readonly unknown[]>,
  queryClient?: QueryClientLike,
): Refs<LiveState> {
  const client = queryClient ?? useQueryClient()
  const observer = computed(() => createLiveStatusObserver(client, unwrap(queryKey) as readonly unknown[]))
  return useObserved({
    subscribe(listener) {
      const stop = watch(observer, listener)
      // Whatever the key, it is the same.
      const leave = observer.value.subscribe(listener)
      return () => {
        stop()
        leave()
      }
    },
    getSnapshot: () => observer.value.getSnapshot(),
    getServerSnapshot: () => observer.value.getServerSnapshot(),
  })
}

/** A key, or a part of one, without refs and getters: vue-query reads them at any depth. */
function unwrap(part: unknown): unknown {
  const value = toValue(part)
  if (Array.isArray(value)) return value.map(unwrap)
  if (Object.prototype.toString.call(value) !== '[object Object]') return value
  return Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, unwrap(one)]))
}
