import type { LiveState } from '@tidewire/vue/query'
import { type Ref, type ShallowRef, shallowRef, watch } from 'vue'
import { CATCH_UP_PATIENCE } from '../shared/describeOrders.ts'

/** How true a query is, without what is over before anybody could read it. */
export function useSteady(
  status: Ref<LiveState['status']>,
  lastSyncedAt: Ref<LiveState['lastSyncedAt']>,
): Readonly<ShallowRef<LiveState>> {
  const steady = shallowRef<LiveState>({ status: status.value, lastSyncedAt: lastSyncedAt.value })
  watch([status, lastSyncedAt], ([status, lastSyncedAt], _, onCleanup) => {
    const isPassing = status === 'catching-up' && steady.value.status === 'live'
    const timer = setTimeout(() => (steady.value = { status, lastSyncedAt }), isPassing ? CATCH_UP_PATIENCE : 0)
    onCleanup(() => clearTimeout(timer))
  })
  return steady
}
