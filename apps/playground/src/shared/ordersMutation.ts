import { createLiveStatusObserver, type QueryClientLike } from '@tidewire/client/query'
import { ask, askWith } from './ask.ts'
import type { NewOrder, Order } from './contract.ts'
import { acceptChange, type OrderChange } from './orderChanges.ts'
import { ordersClient, ordersKey } from './ordersQuery.ts'

// Begins as the query's key does: so an answer that was read before a change and comes after it is fetched once more.
export const changeKey = [...ordersKey, 'change'] as const

type Orders = readonly Order[] | undefined

interface Context {
  client: QueryClientLike & { setQueryData: (key: typeof ordersKey, update: (orders: Orders) => Orders) => unknown }
}

/**
 * Changes one order, with one request at a time. Until it is answered, `showChanges` shows it; an answer that refuses it leaves the
 * table as it was.
 */
export function changeOrder(id: string) {
  return {
    mutationKey: changeKey,
    scope: { id: `orders/${id}` },
    mutationFn: (change: OrderChange) => send(change),
    // Whoever made the change gets no event of it.
    onSuccess: (answer: Order | undefined, change: OrderChange, _result: unknown, { client }: Context): void => {
      client.setQueryData(ordersKey, (orders) => orders && acceptChange(orders, change, answer))
    },
  }
}

function send(change: OrderChange): Promise<Order | undefined> {
  const url = `/api/orders/${change.id}`
  const headers = ordersClient.headers()
  if (change.type === 'remove') return ask<undefined>(url, { method: 'DELETE', headers })
  return askWith<Order>(url, change.fields, { method: 'PATCH', headers })
}

/** Adds an order. It comes into the table as it does everywhere: by its event. */
export const addOrder = {
  mutationFn: (order: NewOrder) => askWith<Order>('/api/orders', order),
  onSuccess: (_answer: Order, _order: NewOrder, _result: unknown, { client }: Context): void => {
    const { status } = createLiveStatusObserver(client, ordersKey).getSnapshot()
    if (status === 'offline' || status === 'stale') void client.invalidateQueries({ queryKey: ordersKey } as never)
  },
}
