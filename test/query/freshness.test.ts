import { environmentManager, focusManager } from '@tanstack/query-core'
import { liveQueryOptions } from '@tidewire/client/query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { look, until } from './useLiveCache.ts'
import { useOrder } from './useOrder.ts'

beforeEach(() => {
  environmentManager.setIsServer(() => false)
})

afterEach(() => {
  environmentManager.setIsServer(() => true)
  focusManager.setFocused(undefined)
})

const soon = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

/** A query that polls, and is stale at once, as far as its user says. */
function useEager() {
  const order = useOrder()
  const { shop, queryKey } = order
  const options = liveQueryOptions(
    { queryKey, queryFn: shop.fetch, staleTime: 0, refetchInterval: 20 },
    { channel: 'orders/1', rules: { updated: (old, next) => ({ ...old, ...(next as object) }) } },
  )
  return { ...order, options }
}

it('is neither polled nor fetched on focus or by who comes, while it is live', async () => {
  const { shop, options, useLive } = useEager()
  const { queryClient, live } = useLive()
  const order = look(queryClient, options)
  await live()
  const { fetches } = shop
  focusManager.setFocused(false)
  focusManager.setFocused(true)
  look(queryClient, options)
  await soon(100)
  expect(shop.fetches).toBe(fetches)
  expect(order.observer.getCurrentResult().isStale).toBe(false)
})

it('is what its user says while the connection is lost', async () => {
  const { shop, options, useLive, wire } = useEager()
  const { queryClient, live, status } = useLive()
  const order = look(queryClient, options)
  await live()
  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  await until(() => expect(status.getSnapshot().status).toBe('offline'))
  expect(order.observer.getCurrentResult().isStale).toBe(true)
  shop.order = { id: '1', total: 3 }
  await until(() => expect(order.data?.total).toBe(3))
  const { fetches } = shop
  await until(() => expect(shop.fetches).toBeGreaterThan(fetches + 2))
  wire.intercept = undefined
  await live()
  await until(() => expect(order.observer.getCurrentResult().isFetching).toBe(false))
  const after = shop.fetches
  await soon(100)
  expect(shop.fetches).toBe(after)
})

it('is what the client says for all queries, where its user says nothing', async () => {
  const { shop, options, useLive, wire } = useOrder()
  const { queryClient, live, status } = useLive()
  queryClient.setDefaultOptions({ queries: { refetchInterval: 20, staleTime: 60_000 } })
  const order = look(queryClient, options)
  await live()
  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  await until(() => expect(status.getSnapshot().status).toBe('offline'))
  expect(order.observer.getCurrentResult().isStale).toBe(false)
  const { fetches } = shop
  await until(() => expect(shop.fetches).toBeGreaterThan(fetches))
})

it('is what its user says where nothing keeps it true', async () => {
  const { shop, options, queryKey } = useOrder()
  const { useLive } = useOrder()
  const { queryClient } = useLive()
  const own = liveQueryOptions({ ...options, queryKey, staleTime: 60_000 }, { channel: null, rules: {} })
  await queryClient.query(own)
  await queryClient.query(own)
  expect(shop.fetches).toBe(1)
})

it('is fetched after a time all the same, as a writer may have died before it published', async () => {
  const { shop, options, useLive } = useOrder()
  const { queryClient, live } = useLive({ maxAge: 200 })
  const order = look(queryClient, options)
  await live()
  // Committed, and never published.
  shop.order = { id: '1', total: 2 }
  await until(() => expect(order.data?.total).toBe(2))
})

it('tells when it was last true', async () => {
  const { options, useLive, wire } = useOrder()
  const { queryClient, live, status } = useLive()
  expect(status.getSnapshot()).toEqual({ status: 'stale', lastSyncedAt: undefined })
  const told: string[] = []
  status.subscribe(() => told.push(status.getSnapshot().status))
  const left: string[] = []
  status.subscribe(() => left.push(status.getSnapshot().status))()
  look(queryClient, options)
  await live()
  const before = Date.now()
  expect(status.getSnapshot().lastSyncedAt).toBeLessThanOrEqual(before)
  expect(status.getSnapshot()).toBe(status.getSnapshot())
  await soon(20)
  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  await until(() => expect(status.getSnapshot().status).toBe('offline'))
  expect(status.getSnapshot().lastSyncedAt).toBeGreaterThan(before)
  expect(told).toEqual(['catching-up', 'live', 'offline'])
  expect(left).toEqual([])
  expect(status.getServerSnapshot()).toEqual({ status: 'stale', lastSyncedAt: undefined })
})
