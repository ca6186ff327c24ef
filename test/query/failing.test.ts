import { liveQueryOptions } from '@tidewire/client/query'
import { expect, it } from 'vitest'
import { look, until } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

/** An order that is not there yet when it is first asked for. */
async function useMissing() {
  const { hub, shop, queryKey, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  const endpoint = { isFailing: true, fetches: 0 }
  const options = liveQueryOptions(
    {
      queryKey,
      async queryFn() {
        endpoint.fetches++
        if (endpoint.isFailing) throw new Error('404 Not Found')
        return shop.fetch()
      },
    },
    { channel: 'orders/1', rules: { updated: (_old, next) => next as Order } },
  )
  const view = look<Order>(queryClient, options)
  await until(() => expect(view.observer.getCurrentResult().status).toBe('error'))
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(1))
  return { hub, shop, view, endpoint, status, live }
}

it('is stale where there are no data but an error, and catches up by who tries again', async () => {
  const { view, endpoint, status, live } = await useMissing()
  await until(() => expect(status.getSnapshot().status).toBe('stale'))
  endpoint.isFailing = false
  await view.observer.refetch()
  await live()
})

it('is fetched once where something is told of what could not be fetched', async () => {
  const { hub, shop, view, endpoint, status, live } = await useMissing()
  await until(() => expect(status.getSnapshot().status).toBe('stale'))
  await hub.to('orders/1').send('viewed', null)
  endpoint.isFailing = false
  await shop.set(5)
  await until(() => expect(view.data?.total).toBe(5))
  await live()
  expect(endpoint.fetches).toBe(2)
})
