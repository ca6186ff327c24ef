import { dehydrate, QueryClient, QueryObserver } from '@tanstack/query-core'
import * as react from '@tanstack/react-query'
import * as vue from '@tanstack/vue-query'
import { createSSEClient, eventTypes } from '@tidewire/client'
import {
  createLiveStatusObserver,
  liveQueryOptions,
  type LiveState,
  readSnapshot,
  remove,
  removeById,
  syncQueryCache,
  upsertById,
} from '@tidewire/client/query'
import { expectTypeOf, test } from 'vitest'
import { computed, ref } from 'vue'

interface Order {
  id: string
  total: number
}

interface Page {
  rows: Order[]
  next: number | null
}

declare const getOrder: (id: string) => Promise<Order>
declare const getPage: (at: number) => Promise<Page>

const live = {
  channel: 'orders/1',
  rules: { updated: (old: Order, next: unknown) => ({ ...old, ...(next as Order) }), removed: remove },
} as const

test('returns options of the type that it was given', () => {
  const options = { queryKey: ['order', '1'], queryFn: () => getOrder('1') }
  expectTypeOf(liveQueryOptions(options, live)).toEqualTypeOf<typeof options>()
})

test('knows in a rule what was fetched', () => {
  liveQueryOptions(
    { queryKey: ['order', '1'], queryFn: () => getOrder('1') },
    {
      channel: 'orders/1',
      rules: {
        updated(old, next, event) {
          expectTypeOf(old).toEqualTypeOf<Order>()
          expectTypeOf(next).toEqualTypeOf<unknown>()
          expectTypeOf(event.id).toEqualTypeOf<string>()
          return old
        },
        // @ts-expect-error that is no order
        moved: () => ({ id: 1 }),
        touched: 'invalidate',
        removed: 'remove',
        // @ts-expect-error there is no such rule
        renamed: 'rename',
        listed: upsertById({ rows: 'rows' }),
        unlisted: removeById(),
      },
      getCursor(order) {
        expectTypeOf(order).toEqualTypeOf<Order>()
        return undefined
      },
    },
  )
})

test('takes a channel that may be missing, or is a ref', () => {
  const id = 'x' as string
  const isShown = Math.random() > 0.5
  const options = { queryKey: ['order', id], queryFn: () => getOrder(id) }
  liveQueryOptions(options, { channel: isShown && `orders/${id}`, rules: {} })
  liveQueryOptions(options, { channel: null, rules: {} })
  liveQueryOptions(options, { channel: computed(() => (isShown ? (`orders/${id}` as const) : undefined)), rules: {} })
  // @ts-expect-error that is no name
  liveQueryOptions(options, { channel: 7, rules: {} })
})

test('goes into what the core takes', async () => {
  const queryClient = new QueryClient()
  const options = liveQueryOptions({ queryKey: ['order', '1'], queryFn: () => getOrder('1') }, live)
  expectTypeOf(await queryClient.query(options)).toEqualTypeOf<Order>()
  expectTypeOf(new QueryObserver(queryClient, options).getCurrentResult().data).toEqualTypeOf<Order | undefined>()
})

test('goes around and inside `queryOptions()` in React, and keeps what it tags', async () => {
  const queryClient = new react.QueryClient()
  const around = liveQueryOptions(
    react.queryOptions({ queryKey: ['order', '1'] as const, queryFn: () => getOrder('1') }),
    { channel: 'orders/1', rules: { updated: (old) => old } },
  )
  expectTypeOf(queryClient.getQueryData(around.queryKey)).toEqualTypeOf<Order | undefined>()
  expectTypeOf(react.useQuery(around).data).toEqualTypeOf<Order | undefined>()
  expectTypeOf(react.useSuspenseQuery(around).data).toEqualTypeOf<Order>()
  expectTypeOf(await queryClient.query(around)).toEqualTypeOf<Order>()
  expectTypeOf(await queryClient.query({ ...around, staleTime: 'static' })).toEqualTypeOf<Order>()

  const inside = react.queryOptions(liveQueryOptions({ queryKey: ['order', '1'], queryFn: () => getOrder('1') }, live))
  expectTypeOf(queryClient.getQueryData(inside.queryKey)).toEqualTypeOf<Order | undefined>()
  expectTypeOf(react.useQuery(inside).data).toEqualTypeOf<Order | undefined>()
  const [first] = react.useQueries({ queries: [inside] })
  expectTypeOf(first.data).toEqualTypeOf<Order | undefined>()
  dehydrate(queryClient)
})

test('leaves `select` to its user', () => {
  const { data } = react.useQuery({
    ...liveQueryOptions({ queryKey: ['order', '1'], queryFn: () => getOrder('1') }, live),
    select: ({ total }) => total,
  })
  expectTypeOf(data).toEqualTypeOf<number | undefined>()
  const options = liveQueryOptions(
    react.queryOptions({ queryKey: ['order', '1'], queryFn: () => getOrder('1'), select: (order) => order.total }),
    // It is the cache that changes, and not what is made of it.
    { channel: 'orders/1', rules: { updated: (old) => ({ ...old, total: old.total + 1 }) } },
  )
  expectTypeOf(react.useQuery(options).data).toEqualTypeOf<number | undefined>()
})

test('gives each page of an infinite query to a rule', () => {
  const options = liveQueryOptions(
    react.infiniteQueryOptions({
      queryKey: ['orders'],
      queryFn: ({ pageParam }) => getPage(pageParam),
      initialPageParam: 0,
      getNextPageParam: (last) => last.next,
    }),
    {
      channel: 'orders',
      rules: {
        updated(page) {
          expectTypeOf(page).toEqualTypeOf<Page>()
          return page
        },
      },
    },
  )
  expectTypeOf(react.useInfiniteQuery(options).data?.pages).toEqualTypeOf<Page[] | undefined>()
  expectTypeOf(react.useSuspenseInfiniteQuery(options).data.pages).toEqualTypeOf<Page[]>()
})

test('may not fetch at all', () => {
  const options = liveQueryOptions(
    { queryKey: ['order'], queryFn: Math.random() > 0.5 ? () => getOrder('1') : react.skipToken },
    { channel: 'orders/1', rules: { updated: (old) => ({ ...old, total: 1 }) } },
  )
  expectTypeOf(react.useQuery(options).data).toEqualTypeOf<Order | undefined>()
})

test('reads a snapshot as what it is said to be', () => {
  const queryFn = ({ signal }: { signal: AbortSignal }) => fetch('/api', { signal }).then(readSnapshot<Order>)
  const options = liveQueryOptions({ queryKey: ['order', '1'], queryFn }, live)
  expectTypeOf(react.useQuery(options).data).toEqualTypeOf<Order | undefined>()
})

test('goes into what Vue takes, with refs or in a getter', () => {
  const id = ref('1')
  const options = liveQueryOptions(
    { queryKey: ['order', id], queryFn: () => getOrder(id.value), staleTime: ref(1000) },
    { channel: computed(() => `orders/${id.value}` as const), rules: { updated: (old) => ({ ...old, total: 1 }) } },
  )
  expectTypeOf(vue.useQuery(options).data.value).toEqualTypeOf<Order | undefined>()
  const { data } = vue.useQuery(
    computed(() =>
      liveQueryOptions(
        { queryKey: ['order', id.value], queryFn: () => getOrder(id.value) },
        { channel: `orders/${id.value}`, rules: { updated: (old) => old } },
      ),
    ),
  )
  expectTypeOf(data.value).toEqualTypeOf<Order | undefined>()
  const tagged = liveQueryOptions(vue.queryOptions({ queryKey: ['order', '1'], queryFn: () => getOrder('1') }), {
    channel: 'orders/1',
    rules: { updated: (old) => ({ ...old, total: 1 }) },
  })
  expectTypeOf(new vue.QueryClient().getQueryData(tagged.queryKey)).toEqualTypeOf<Order | undefined>()
  const infinite = liveQueryOptions(
    vue.infiniteQueryOptions({
      queryKey: ['orders'],
      queryFn: ({ pageParam }) => getPage(pageParam),
      initialPageParam: 0,
      getNextPageParam: (last) => last.next,
    }),
    { channel: 'orders', rules: { updated: upsertById({ rows: 'rows' }) } },
  )
  expectTypeOf(vue.useInfiniteQuery(infinite).data.value?.pages).toEqualTypeOf<Page[] | undefined>()
})

test('takes the clients of each binding', () => {
  const client = createSSEClient({ channels: { 'orders/:id': { updated: eventTypes<Order>() } } })
  expectTypeOf(syncQueryCache(new QueryClient(), client)).toEqualTypeOf<() => void>()
  syncQueryCache(new react.QueryClient(), client, { linger: 0, maxAge: Infinity })
  syncQueryCache(new vue.QueryClient(), createSSEClient())
  // @ts-expect-error that is no client of a hub
  syncQueryCache(new QueryClient(), {})
  // @ts-expect-error that is no query client
  syncQueryCache(client, client)
  expectTypeOf(createLiveStatusObserver(new vue.QueryClient(), ['order']).getSnapshot()).toEqualTypeOf<LiveState>()
  // @ts-expect-error that is no query client
  createLiveStatusObserver({}, ['order'])
})

test('takes rules for queries that were not written for it', () => {
  const channels = {
    'orders/:id': { updated: eventTypes<Order>(), removed: eventTypes<{ id: string }>() },
    orders: { created: eventTypes<Order>() },
  }
  const client = createSSEClient({ channels })
  syncQueryCache(new QueryClient(), client, {
    rules: [
      {
        queryKey: ['order'],
        channel: ([, id]) => `orders/${id as string}` as const,
        rules: { updated: (old: Order, next: Order) => ({ ...old, ...next }), removed: remove },
      },
      {
        queryKey: ['order', '1'],
        channel: 'orders/1',
        rules: {
          updated: (old: Order, next) => {
            expectTypeOf(next).toEqualTypeOf<Order>()
            return { ...old, ...next }
          },
        },
      },
      // @ts-expect-error that is not what comes
      { queryKey: ['order'], channel: 'orders/1', rules: { updated: (old: Order, _next: number) => old } },
      { queryKey: ['orders'], channel: 'orders', rules: { created: upsertById() } },
      // @ts-expect-error there is no such channel
      { queryKey: ['orders'], channel: 'order', rules: {} },
    ],
  })
})
