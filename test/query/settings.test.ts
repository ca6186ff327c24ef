import { InfiniteQueryObserver } from '@tanstack/query-core'
import {
  createLiveStatusObserver,
  liveQueryOptions,
  readSnapshot,
  syncQueryCache,
  upsertById,
} from '@tidewire/client/query'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useClient, useHub, useWire } from '../channels/useHubClient.ts'
import { look, until, useLiveCache, useQueryClient } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

const soon = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

it('writes to the entry that there is, where a query has a hash function of its own', async () => {
  const { shop, options, queryKey, useLive } = useOrder()
  const { queryClient } = useLive()
  const order = look(queryClient, { ...options, queryKeyHashFn: (key) => `own ${JSON.stringify(key)}` })
  const status = createLiveStatusObserver(queryClient, queryKey)
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  await shop.set(5)
  await until(() => expect(order.data?.total).toBe(5))
  expect(queryClient.getQueryCache().getAll()).toHaveLength(1)
})

it('keeps a query true that has no function of its own, but that of its client', async () => {
  const { shop, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive()
  queryClient.setDefaultOptions({ queries: { queryFn: shop.fetch } })
  const options = liveQueryOptions({ queryKey }, { channel: 'orders/1', rules: { updated: (_old, next) => next } })
  const order = look<unknown>(queryClient, options)
  await live()
  shop.isHeld = true
  const refetch = order.observer.refetch()
  await until(() => expect(shop.waiting).toBe(1))
  await shop.set(5)
  await until(() => expect(order.data).toEqual({ id: '1', total: 5 }))
  shop.isHeld = false
  shop.release()
  await refetch
  await live()
  expect(order.data).toEqual({ id: '1', total: 5 })
})

it('takes the options of a query out of the defaults for its key', async () => {
  const { shop, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const options = (more: object = {}) =>
    liveQueryOptions(
      { queryFn: shop.fetch, ...more },
      { channel: 'orders/1', rules: { updated: (_old, next) => next as Order } },
    )
  queryClient.setQueryDefaults(['order'], options())
  const order = look<Order>(queryClient, { queryKey })
  const { leave } = look<Order>(queryClient, { queryKey, ...options() })
  await live()
  await shop.set(5)
  await until(() => expect(order.data?.total).toBe(5))
  leave()
  const { fetches } = shop
  look<Order>(queryClient, { queryKey })
  expect(shop.fetches).toBe(fetches)
})

it('keeps pages true whose parameters JSON has no room for', async () => {
  const hub = useHub({}, 'numbers')
  const queryClient = useLiveCache(useClient(useWire(hub)))
  const numbers = [{ id: 0, n: 0 }]
  const observer = new InfiniteQueryObserver(
    queryClient,
    liveQueryOptions(
      {
        queryKey: ['numbers'],
        queryFn: async ({ pageParam }: { pageParam: bigint }) =>
          readSnapshot<typeof numbers>(
            (await hub.snapshot('numbers', () => [numbers[Number(pageParam)]])).toResponse(),
          ),
        initialPageParam: 0n,
        getNextPageParam: () => undefined,
      },
      { channel: 'numbers', rules: { updated: upsertById() } },
    ),
  )
  onTestFinished(observer.subscribe(() => {}))
  const status = createLiveStatusObserver(queryClient, ['numbers'])
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  await hub.to('numbers').send('updated', { id: 0, n: 1 })
  await until(() => expect(observer.getCurrentResult().data?.pages).toEqual([[{ id: 0, n: 1 }]]))
})

it('is fetched where what a persister has kept of it has no position', async () => {
  const { shop, options, queryKey, useLive } = useOrder()
  shop.order = { id: '1', total: 77 }
  const { queryClient, live } = useLive({
    rules: [{ queryKey: ['order'], channel: 'orders/1', rules: { updated: 'invalidate' } }],
  })
  // The channel is followed already, so nothing is missed from here on.
  look(queryClient, { ...options, queryKey: ['other'] })
  const other = createLiveStatusObserver(queryClient, ['other'])
  await until(() => expect(other.getSnapshot().status).toBe('live'))
  let kept: Order | undefined = { id: '1', total: 1 }
  const order = look<Order>(queryClient, {
    queryKey,
    queryFn: shop.fetch,
    staleTime: Infinity,
    async persister() {
      const known = kept
      kept = undefined
      return known ?? shop.fetch()
    },
  })
  await live()
  expect(order.data).toEqual(shop.order)
  expect(shop.fetches).toBe(2)
})

it.each([Infinity, 2 ** 31])('keeps a query true that nobody looks at, for a `linger` of %d', async (linger) => {
  const { hub, shop, options, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive({ linger })
  const order = look(queryClient, options)
  await live()
  order.leave()
  await soon(100)
  expect(hub.subscriberCount('orders/1')).toBe(1)
  await shop.set(5)
  await until(() => expect(queryClient.getQueryData<Order>(queryKey)?.total).toBe(5))
})

it.each([
  ['linger', -1],
  ['linger', '1s'],
  ['maxAge', NaN],
  ['maxAge', null],
])('refuses a `%s` of %s', (name, value) => {
  const { client } = useOrder()
  const queryClient = useQueryClient()
  expect(() => syncQueryCache(queryClient, client, { [name]: value })).toThrow(
    new TypeError(`Expected \`${name}\` to be at least 0 (milliseconds), got ${String(value)}.`),
  )
})

describe('the key of a rule', () => {
  const key = ['orders', { state: 'open', page: { at: 1, size: 20 }, by: undefined }]

  it.each([
    [[], true],
    [['orders'], true],
    [['orders', { page: { size: 20, at: 1 }, state: 'open' }], true],
    [['orders', { page: { at: 1 } }], true],
    [['orders', {}], true],
    [['orders', { by: undefined, none: undefined }], true],
    [['orders', { state: 'closed' }], false],
    [['orders', { page: { at: 2 } }], false],
    [['orders', { by: null }], false],
    [['orders', null], false],
    [['orders', key[1], 1], false],
    [['orders', key[1], undefined], false],
    [['order'], false],
  ] as const)('is matched as TanStack Query matches keys: %j', async (queryKey, isMatch) => {
    const { hub, shop, useLive } = useOrder()
    const { queryClient } = useLive({ rules: [{ queryKey, channel: 'orders/1', rules: { updated: 'invalidate' } }] })
    look(queryClient, { queryKey: key, queryFn: shop.fetch })
    expect(queryClient.getQueryCache().findAll({ queryKey })).toHaveLength(isMatch ? 1 : 0)
    await soon(isMatch ? 0 : 20)
    await until(() => expect(hub.subscriberCount('orders/1')).toBe(isMatch ? 1 : 0))
  })
})

it('refuses a query client that is kept true already, until that is ended', async () => {
  const { client, shop, options, queryKey } = useOrder()
  const queryClient = useQueryClient()
  const stop = syncQueryCache(queryClient, client)
  expect(() => syncQueryCache(queryClient, client)).toThrow(
    new TypeError('Expected one syncQueryCache() per query client: end the first.'),
  )
  const order = look(queryClient, options)
  const status = createLiveStatusObserver(queryClient, queryKey)
  const live = () => until(() => expect(status.getSnapshot().status).toBe('live'))
  await live()
  // As StrictMode does it, and a module that is replaced.
  stop()
  const stopAgain = syncQueryCache(queryClient, client)
  // To end it twice is not to end another one.
  stop()
  expect(() => syncQueryCache(queryClient, client)).toThrow(TypeError)
  await live()
  await shop.set(5)
  await until(() => expect(order.data?.total).toBe(5))
  stopAgain()
  syncQueryCache(queryClient, client)()
})
