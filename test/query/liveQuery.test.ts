import { dehydrate, type DehydratedState, hydrate, InfiniteQueryObserver, QueryClient } from '@tanstack/query-core'
import { createLiveStatusObserver, liveQueryOptions, remove, upsertById } from '@tidewire/client/query'
import { expect, it, onTestFinished, vi } from 'vitest'
import { useClient, useHub, useWire } from '../channels/useHubClient.ts'
import { look, until, useLiveCache } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

it('shows what is published after the fetch, without another one', async () => {
  const { shop, options, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const order = look(queryClient, options)
  await live()
  await shop.set(5)
  await until(() => expect(order.data).toEqual({ id: '1', total: 5 }))
  await shop.set(6)
  await until(() => expect(order.data?.total).toBe(6))
  expect(shop.fetches).toBe(1)
})

it('keeps the rows of a list that an event is not about', async () => {
  const hub = useHub({}, 'orders')
  const queryClient = useLiveCache(useClient(useWire(hub)))
  const rows = [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ]
  const options = liveQueryOptions(
    { queryKey: ['orders'], queryFn: async () => (await hub.snapshot('orders', () => rows)).data },
    { channel: 'orders', rules: { updated: upsertById() } },
  )
  const list = look(queryClient, options)
  const status = createLiveStatusObserver(queryClient, ['orders'])
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  const first = list.data?.[0]
  await hub.to('orders').send('updated', { id: 'b', n: 2 })
  await hub.to('orders').send('updated', { id: 'c', n: 1 })
  await until(() => expect(list.data).toHaveLength(3))
  expect(list.data).toEqual([
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
    { id: 'c', n: 1 },
  ])
  expect(list.data?.[0]).toBe(first)
})

it('patches the pages of an infinite query, and fetches none of them again for one more', async () => {
  const hub = useHub({}, 'numbers')
  const queryClient = useLiveCache(useClient(useWire(hub)))
  const asked: number[] = []
  const observer = new InfiniteQueryObserver(
    queryClient,
    liveQueryOptions(
      {
        queryKey: ['numbers'],
        async queryFn({ pageParam }: { pageParam: number }) {
          asked.push(pageParam)
          return { rows: [{ id: pageParam, n: 0 }] }
        },
        initialPageParam: 0,
        getNextPageParam: (_last: unknown, pages: readonly unknown[]) => pages.length,
      },
      { channel: 'numbers', rules: { updated: upsertById({ rows: 'rows', add: false }) } },
    ),
  )
  onTestFinished(observer.subscribe(() => {}))
  const status = createLiveStatusObserver(queryClient, ['numbers'])
  const live = () => until(() => expect(status.getSnapshot().status).toBe('live'))
  await live()
  const before = asked.length
  await hub.to('numbers').send('updated', { id: 0, n: 1 })
  await until(() => expect(observer.getCurrentResult().data?.pages[0]?.rows[0]?.n).toBe(1))
  await observer.fetchNextPage()
  await live()
  await hub.to('numbers').send('updated', { id: 1, n: 1 })
  await until(() => expect(observer.getCurrentResult().data?.pages[1]?.rows[0]?.n).toBe(1))
  expect(observer.getCurrentResult().data?.pages[0]?.rows[0]?.n).toBe(1)
  expect(asked.slice(before)).toEqual([1])
})

it('resumes from the position that came with the page', async () => {
  const { hub, shop, options, useLive } = useOrder()
  const state = await render(options)
  await shop.set(3)
  const { queryClient } = useLive()
  hydrate(queryClient, state)
  const order = look(queryClient, options)
  const { fetches } = shop
  await until(() => expect(order.data?.total).toBe(3))
  expect(shop.fetches).toBe(fetches)
  expect(hub.connectionCount).toBe(1)
})

it('brings data up to date that come with a later page, rendered before what is known', async () => {
  const { shop, options, useLive, queryKey } = useOrder()
  const { queryClient, live } = useLive()
  const order = look(queryClient, options)
  await live()
  const state = await render(options)
  await shop.set(3)
  await until(() => expect(order.data?.total).toBe(3))
  const { fetches } = shop
  // By the clock of the server that has rendered it, it is the newest.
  for (const query of state.queries) query.state.dataUpdatedAt += 60_000
  hydrate(queryClient, state)
  await until(() => expect(queryClient.getQueryData<Order>(queryKey)?.total).toBe(3))
  await live()
  expect(shop.fetches).toBe(fetches)
})

it('fetches what resumed data would have waited for too long', { timeout: 20_000 }, async () => {
  const { shop, options, wire, useLive } = useOrder()
  const state = await render(options)
  wire.intercept = () => new Promise(() => {})
  const { queryClient } = useLive()
  hydrate(queryClient, state)
  shop.order = { id: '1', total: 4 }
  const order = look(queryClient, options)
  await until(() => expect(order.data?.total).toBe(4))
})

it('goes on with what an event could not be applied to', async () => {
  const { shop, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive()
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => report.mockRestore())
  const options = liveQueryOptions(
    { queryKey, queryFn: shop.fetch },
    {
      channel: 'orders/1',
      rules: {
        updated() {
          throw new Error('A rule that fails.')
        },
      },
    },
  )
  const order = look(queryClient, options)
  await live()
  await shop.set(5)
  await until(() => expect(order.data?.total).toBe(5))
  expect(report).toHaveBeenCalledWith(expect.objectContaining({ message: 'A rule that fails.' }))
})

it('shows nothing of what was removed, and what is there instead', async () => {
  const { shop, queryKey, useLive, hub } = useOrder()
  const { queryClient, live } = useLive()
  const options = liveQueryOptions(
    { queryKey, queryFn: shop.fetch },
    { channel: 'orders/1', rules: { removed: remove } },
  )
  const order = look(queryClient, options)
  await live()
  const shown: unknown[] = []
  order.observer.subscribe(({ data }) => shown.push(data?.total))
  shop.order = { id: '1', total: 9 }
  await hub.to('orders/1').send('removed', null)
  await until(() => expect(order.data?.total).toBe(9))
  expect(new Set(shown)).toEqual(new Set([undefined, 9]))
})

it('lets patches wait for a mutation of the same key', async () => {
  const { shop, options, queryKey, useLive } = useOrder()
  const { queryClient, live, status } = useLive()
  const order = look(queryClient, options)
  await live()
  const saved = Promise.withResolvers<void>()
  const mutation = queryClient.getMutationCache().build(queryClient, {
    mutationKey: queryKey,
    mutationFn: () => saved.promise,
    onMutate: () => queryClient.setQueryData(queryKey, { id: '1', total: 100 }),
  })
  const done = mutation.execute(undefined)
  await until(() => expect(order.data?.total).toBe(100))
  await shop.set(1)
  await until(() => expect(status.getSnapshot().status).toBe('catching-up'))
  expect(order.data?.total).toBe(100)
  saved.resolve()
  await done
  await until(() => expect(order.data?.total).toBe(1))
  await live()
  expect(shop.fetches).toBe(1)
})

it('keeps queries true that were not written for it', async () => {
  const { shop, queryKey, useLive } = useOrder()
  const { queryClient, live } = useLive({
    rules: [
      {
        queryKey: ['order'],
        channel: ([, id]) => `orders/${id as string}`,
        rules: { updated: (old: Order, next: Order) => ({ ...old, ...next }) },
      },
    ],
  })
  const order = look(queryClient, { queryKey, queryFn: shop.fetch })
  await live()
  await shop.set(2)
  await until(() => expect(order.data?.total).toBe(2))
})

it('says in a browser that nothing is live without it', async () => {
  const { options } = useOrder()
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.stubGlobal('document', {})
  onTestFinished(() => {
    error.mockRestore()
    vi.unstubAllGlobals()
  })
  const queryClient = new QueryClient()
  await queryClient.query(options)
  await queryClient.query(options)
  expect(error.mock.calls).toEqual([[expect.stringContaining('syncQueryCache')]])
})

/** What a server's rendering brings along. */
async function render(options: ReturnType<typeof useOrder>['options']): Promise<DehydratedState> {
  const server = new QueryClient()
  await server.query(options)
  return JSON.parse(JSON.stringify(dehydrate(server))) as DehydratedState
}
