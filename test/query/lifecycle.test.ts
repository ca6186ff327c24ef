import { setTimeout as pause } from 'node:timers/promises'
import { MutationObserver, QueryObserver } from '@tanstack/query-core'
import { createLiveStatusObserver, liveQueryOptions, syncQueryCache } from '@tidewire/client/query'
import { expect, it, onTestFinished } from 'vitest'
import { useClient, useWire } from '../channels/useHubClient.ts'
import { look, until, useQueryClient } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

it('is left with the last who looks at it, is stale then, and is kept', async () => {
  const { hub, shop, options, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  const first = look(queryClient, options)
  const second = look(queryClient, options)
  await live()
  first.leave()
  await shop.set(1)
  await until(() => expect(second.data?.total).toBe(1))
  second.leave()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
  const [query] = queryClient.getQueryCache().getAll()
  expect(query?.isStale()).toBe(true)
  expect(query?.state.data).toEqual({ id: '1', total: 1 })
  expect(status.getSnapshot()).toMatchObject({ status: 'stale', lastSyncedAt: expect.any(Number) as number })
  await shop.set(9)
  const again = look(queryClient, options)
  await until(() => expect(again.data?.total).toBe(9))
})

it('is gone after its `gcTime`', async () => {
  const { options, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const order = look(queryClient, { ...options, gcTime: 20 })
  await live()
  order.leave()
  await until(() => expect(queryClient.getQueryCache().getAll()).toEqual([]))
})

it('is given up with a cache that is cleared, and does not come back by what was yet to be shown', async () => {
  const { client, shop, options, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  const order = look(queryClient, options)
  await live()
  const heard = new Promise<void>((resolve) => {
    client.subscribe('orders/1', { onEvent: () => resolve() })
  })
  await shop.set(1)
  // Has come, and waits for its frame.
  await heard
  queryClient.clear()
  expect(status.getSnapshot().status).toBe('stale')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(queryClient.getQueryCache().getAll()).toEqual([])
  order.leave()
})

it('leaves the channels of a cache that is cleared', async () => {
  const { hub, options, useLive } = useOrder()
  const { queryClient, live } = useLive()
  look(queryClient, options)
  await live()
  queryClient.clear()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
})

it('follows another channel where it is told to, and none where there is none', async () => {
  const { hub, options, queryKey, shop, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const observer = new QueryObserver<Order>(queryClient, options)
  onTestFinished(observer.subscribe(() => {}))
  await live()
  const on = (channel: string | null) => {
    observer.setOptions(liveQueryOptions({ queryKey, queryFn: shop.fetch }, { channel, rules: {} }))
  }
  on('orders/2')
  await until(() => expect([1, 2].map((id) => hub.subscriberCount(`orders/${id}`))).toEqual([0, 1]))
  await live()
  on(null)
  await until(() => expect(hub.subscriberCount('orders/2')).toBe(0))
})

it('is not tried again on a channel that was left for that of who comes', async () => {
  const { hub, options, queryKey, shop, useLive } = useOrder()
  const { queryClient, live } = useLive({
    rules: [{ queryKey, channel: 'orders/2', rules: { updated: 'invalidate' } }],
  })
  const plain = look<Order>(queryClient, { queryKey, queryFn: shop.fetch, staleTime: Infinity })
  await live()
  const order = look(queryClient, options)
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(1))
  await live()
  await until(() => expect(hub.subscriberCount('orders/2')).toBe(0))
  plain.leave()
  order.leave()
  await until(() => expect(hub.activeChannels).toEqual([]))
})

it.each([
  ['has no channel', { channel: null }, {}],
  ['is disabled', { channel: 'orders/2' }, { enabled: false }],
  ['is disabled by a function', { channel: 'orders/2' }, { enabled: () => false }],
] as const)('follows the channel of who looks where the first one %s', async (_title, { channel }, extra) => {
  const { hub, options, queryKey, shop, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const first = liveQueryOptions({ queryKey, queryFn: shop.fetch }, { channel, rules: {} })
  look<Order>(queryClient, { ...first, ...extra })
  const order = look(queryClient, options)
  await live()
  expect(hub.activeChannels).toEqual(['orders/1'])
  await shop.set(4)
  await until(() => expect(order.data?.total).toBe(4))
})

it('is not followed while it is disabled', async () => {
  const { hub, options, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const observer = new QueryObserver<Order>(queryClient, { ...options, enabled: false })
  onTestFinished(observer.subscribe(() => {}))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(hub.connectionCount).toBe(0)
  observer.setOptions({ ...options, enabled: true })
  await live()
  observer.setOptions({ ...options, enabled: false })
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
})

it('stays live where somebody looks at the same key without it', async () => {
  const { shop, options, queryKey, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  const order = look(queryClient, options)
  await live()
  look<Order>(queryClient, { queryKey, queryFn: shop.fetch, staleTime: Infinity })
  await shop.set(3)
  await until(() => expect(order.data?.total).toBe(3))
  expect(status.getSnapshot().status).toBe('live')
})

it('is not fetched again and again where others fetch it by another function', async () => {
  const { shop, options, queryKey, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  look(queryClient, options)
  await live()
  const plain = look<Order>(queryClient, { queryKey, queryFn: shop.fetch, staleTime: Infinity })
  await plain.observer.refetch()
  const { fetches } = shop
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  await shop.set(3)
  await until(() => expect(plain.data?.total).toBe(3))
  expect(shop.fetches - fetches).toBeLessThanOrEqual(1)
})

it('is fetched once where the channel is refused, and then as its user says', async () => {
  const { wire, options, useLive, shop } = useOrder()
  const { queryClient, status } = useLive()
  wire.intercept = () => new Response(null, { status: 403 })
  const order = look(queryClient, { ...options, staleTime: Infinity })
  await until(() => expect(order.data).toBeDefined())
  await until(() => expect(status.getSnapshot().status).toBe('stale'))
  // Whoever asks again and again asks once a second.
  await pause(2500)
  expect(shop.fetches).toBeLessThanOrEqual(2)
})

it('is fetched once after mutations that have failed, whatever they have put back', async () => {
  const { options, queryKey, useLive, shop } = useOrder()
  const { queryClient, live } = useLive()
  const order = look(queryClient, options)
  await live()
  const failing = (total: number) => {
    const { promise, reject } = Promise.withResolvers<void>()
    const mutation = new MutationObserver<void, Error, void, Order | undefined>(queryClient, {
      mutationKey: queryKey,
      mutationFn: () => promise,
      onMutate() {
        const before = queryClient.getQueryData<Order>(queryKey)
        queryClient.setQueryData<Order>(queryKey, { id: '1', total })
        return before
      },
      onError: (_error, _variables, before) => void queryClient.setQueryData(queryKey, before),
    })
    const done = mutation.mutate().catch(() => {})
    return {
      fail: async () => {
        reject(new Error('no'))
        await done
      },
    }
  }
  const first = failing(1001)
  const second = failing(1002)
  await until(() => expect(order.data?.total).toBe(1002))
  await first.fail()
  await second.fail()
  await until(() => expect(order.data).toEqual(shop.order))
})

it('is stale where the channel is refused, and tries again with the next who looks', async () => {
  const { hub, wire, options, useLive, shop } = useOrder()
  const { queryClient, live, status } = useLive()
  wire.intercept = () => new Response(null, { status: 403 })
  const order = look(queryClient, options)
  await until(() => expect(order.data).toBeDefined())
  await until(() => expect(status.getSnapshot().status).toBe('stale'))
  wire.intercept = undefined
  order.leave()
  await until(() => expect(hub.activeChannels).toEqual([]))
  shop.order = { id: '1', total: 5 }
  const again = look(queryClient, options)
  await live()
  expect(again.data?.total).toBe(5)
})

it('is fetched again where the right to the channel was lost, and given back', async () => {
  const { hub, options, useLive, shop } = useOrder()
  const { queryClient, live, status } = useLive()
  const order = look(queryClient, options)
  await live()
  hub.revoke('orders/1')
  await until(() => expect(status.getSnapshot().status).toBe('stale'))
  await shop.set(7)
  const again = look(queryClient, { ...options, queryKey: ['order', '1'] })
  await live()
  await until(() => expect(order.data?.total).toBe(7))
  again.leave()
})

it('leaves nothing behind when it is ended', async () => {
  const { hub, options } = useOrder()
  const queryClient = useQueryClient()
  const stop = syncQueryCache(queryClient, useClient(useWire(hub)))
  look(queryClient, options)
  const status = createLiveStatusObserver(queryClient, options.queryKey)
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  stop()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
  expect(status.getSnapshot().status).toBe('stale')
})
