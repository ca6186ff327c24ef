import { createLiveStatusObserver, liveQueryOptions, readSnapshot, syncQueryCache } from '@tidewire/client/query'
import { expect, it } from 'vitest'
import { look, until, useQueryClient } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

it('is brought up to date where its answer comes after everybody has left', async () => {
  const { hub, shop, options, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const view = look(queryClient, options)
  await live()
  shop.isHeld = true
  const refetch = view.observer.refetch()
  await until(() => expect(shop.waiting).toBe(1))
  await shop.set(5)
  await until(() => expect(view.data?.total).toBe(5))
  shop.isHeld = false
  view.leave()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
  shop.release()
  await refetch
  expect(queryClient.getQueryData<Order>(queryKey)?.total).toBe(0)
  const again = look(queryClient, options)
  await live()
  await until(() => expect(again.data?.total).toBe(5))
})

it('is brought up to date where a cache between answers a prefetch with what it had', async () => {
  const { hub, shop, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const old = await shop.answer()
  let isOld = false
  const options = liveQueryOptions(
    { queryKey, queryFn: async () => readSnapshot<Order>(isOld ? old.clone() : await shop.answer()) },
    { channel: 'orders/1', rules: { updated: (_old, next) => next as Order } },
  )
  const view = look(queryClient, options)
  await live()
  await shop.set(5)
  await until(() => expect(view.data?.total).toBe(5))
  view.leave()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
  isOld = true
  await queryClient.query(options)
  isOld = false
  expect(queryClient.getQueryData<Order>(queryKey)?.total).toBe(0)
  const again = look(queryClient, options)
  await live()
  await until(() => expect(again.data?.total).toBe(5))
})

it('is fetched where its answer comes between two that keep it true', async () => {
  const { client, shop, options, queryKey } = useOrder()
  const queryClient = useQueryClient()
  const stop = syncQueryCache(queryClient, client)
  const view = look(queryClient, options)
  const status = createLiveStatusObserver(queryClient, queryKey)
  const live = () => until(() => expect(status.getSnapshot().status).toBe('live'))
  await live()
  shop.isHeld = true
  const refetch = view.observer.refetch()
  await until(() => expect(shop.waiting).toBe(1))
  await shop.set(5)
  await until(() => expect(view.data?.total).toBe(5))
  stop()
  shop.isHeld = false
  shop.release()
  await refetch
  expect(view.data?.total).toBe(0)
  const stopAgain = syncQueryCache(queryClient, client)
  await live()
  await until(() => expect(view.data?.total).toBe(5))
  stopAgain()
})
