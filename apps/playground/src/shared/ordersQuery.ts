import { createSSEClient, eventTypes } from '@tidewire/client'
import { liveQueryOptions, readSnapshot, removeById, upsertById } from '@tidewire/client/query'
import type { Order, OrderEvents } from './contract.ts'
import { ORDERS_STREAM } from './orders.ts'

export const ordersKey = ['orders'] as const

/** Follows the channel of the orders, as soon as somebody looks at them. */
export const ordersClient = createSSEClient({
  url: ORDERS_STREAM,
  channels: { orders: eventTypes<OrderEvents>() },
  // Whoever watches a restart should not wait long for its end, however long it takes.
  retry: { maxAttempts: Infinity, maxDelay: 2000 },
})

/** How often the orders are asked for while nothing tells of their changes, in milliseconds. */
export const POLL_INTERVAL = 10_000

/** The table of orders: fetched once, and kept true by its channel, in React's cache as in Vue's. */
export const ordersQuery = liveQueryOptions(
  {
    queryKey: ordersKey,
    // Without the query's signal: by that StrictMode, which mounts all twice, would give up the first fetch and make another.
    queryFn: () => fetch('/api/orders').then(readSnapshot<Order[]>),
    refetchInterval: POLL_INTERVAL,
    retry: 1,
  },
  {
    channel: 'orders',
    rules: { saved: upsertById({ version: 'version' }), removed: removeById({ version: 'version' }) },
  },
)
