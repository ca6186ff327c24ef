import { createCollection } from '@tanstack/db'
import type { QueryClient } from '@tanstack/query-core'
import { queryCollectionOptions } from '@tanstack/query-db-collection'
import type { SSEClient } from '@tidewire/client'

export interface Order {
  readonly id: string
  readonly total: number
}

type Change = { readonly saved: Order } | { readonly removed: string }

function applied(rows: Order[], change: Change): Order[] {
  const id = 'saved' in change ? change.saved.id : change.removed
  return [...rows.filter((row) => row.id !== id), ...('saved' in change ? [change.saved] : [])]
}

/** A collection of TanStack DB that is fetched, and kept true by a channel. */
export function createLiveCollection(queryClient: QueryClient, client: SSEClient, fetchOrders: () => Promise<Order[]>) {
  /** The fetches that are under way, each with what was told since it began. */
  const flights = new Set<Change[]>()
  const orders = createCollection(
    queryCollectionOptions({
      queryClient,
      queryKey: ['orders'],
      getKey: (order: Order) => order.id,
      async queryFn() {
        const missed: Change[] = []
        flights.add(missed)
        try {
          const rows = await fetchOrders()
          return missed.reduce(applied, rows)
        } finally {
          flights.delete(missed)
        }
      },
    }),
  )
  const take = (change: Change) => {
    for (const missed of flights) missed.push(change)
    // Before the first answer there is nothing to write to.
    if (orders.status !== 'ready') return
    if ('saved' in change) void orders.utils.writeUpsert(change.saved)
    else if (orders.has(change.removed)) void orders.utils.writeDelete(change.removed)
  }
  const refetch = () => void orders.utils.refetch()
  const subscription = client.subscribe('orders', {
    onOpen: refetch,
    onGap: refetch,
    onEvent({ event, data }) {
      if (event === 'saved') take({ saved: data as Order })
      if (event === 'removed') take({ removed: (data as Order).id })
    },
  })
  return { orders, close: () => subscription.close() }
}
