import {
  experimental_streamedQuery as streamedQuery,
  notifyManager,
  type QueryClient,
  QueryObserver,
  replaceEqualDeep,
} from '@tanstack/query-core'
import { liveQueryOptions, upsertById } from '@tidewire/client/query'
import { describe, expect, it, onTestFinished } from 'vitest'
import { look, until, useQueryClient } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

// What the ordinary recipes do with a query and a stream of changes, and what happens here instead.

const soon = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

/** A subscription beside a plain query, which does something for each event. */
function useByHand(
  act: (queryClient: QueryClient, queryKey: readonly unknown[], order: Order) => void,
  onOpen?: (queryClient: QueryClient, queryKey: readonly unknown[]) => void,
  history?: number,
) {
  const order = useOrder(history)
  const queryClient = useQueryClient()
  const { queryKey, shop, client } = order
  const queryFn = async ({ signal }: { signal: AbortSignal }) => (await shop.answer(signal)).json() as Promise<Order>
  const view = look<Order>(queryClient, { queryKey, queryFn })
  const subscription = client.subscribe('orders/1', {
    onEvent: ({ data }) => act(queryClient, queryKey, data as Order),
    onOpen: () => onOpen?.(queryClient, queryKey),
  })
  const ready = async () => {
    await subscription.opened
    await until(() => expect(view.data).toBeDefined())
  }
  return { ...order, queryClient, view, ready }
}

/** A stream as the `queryFn`. */
function useStreamed() {
  const order = useOrder()
  const queryClient = useQueryClient()
  const { queryKey, client } = order
  const queryFn = streamedQuery<Order, Order>({
    async *streamFn({ signal }) {
      const subscription = client.subscribe('orders/1')
      signal.addEventListener('abort', () => subscription.close())
      onTestFinished(() => subscription.close())
      for await (const { data } of subscription) yield data as Order
    },
    reducer: (_old, next) => next,
    initialValue: { id: '1', total: -1 },
  })
  return { ...order, queryClient, options: { queryKey, queryFn } }
}

describe('an answer that is older than an event', () => {
  it('overwrites it, where events are written by `setQueryData`', async () => {
    const { shop, view, ready } = useByHand((queryClient, queryKey, order) => queryClient.setQueryData(queryKey, order))
    await ready()
    shop.isHeld = true
    const refetch = view.observer.refetch()
    await until(() => expect(shop.waiting).toBe(1))
    await shop.set(7)
    await until(() => expect(view.data?.total).toBe(7))
    shop.release()
    await refetch
    expect(view.data?.total).toBe(0)
  })

  it('is brought up to date here, before anybody sees it', async () => {
    const { shop, options, useLive } = useOrder()
    const { queryClient, live } = useLive()
    const view = look(queryClient, options)
    await live()
    shop.isHeld = true
    const refetch = view.observer.refetch()
    await until(() => expect(shop.waiting).toBe(1))
    const { fetches } = shop
    await shop.set(7)
    await until(() => expect(view.data?.total).toBe(7))
    const shown: unknown[] = []
    // As the bindings do it: what is told within a batch is told at its end.
    view.observer.subscribe(notifyManager.batchCalls(() => shown.push(view.data?.total)))
    shop.release()
    await refetch
    await soon(50)
    expect(new Set(shown)).toEqual(new Set([7]))
    expect(shop.fetches).toBe(fetches)
  })
})

describe('a hundred events that ask for a fetch', () => {
  it('are a hundred fetches, nearly all given up, where each invalidates', async () => {
    const { shop, ready } = useByHand((queryClient, queryKey) => void queryClient.invalidateQueries({ queryKey }))
    await ready()
    shop.isHeld = true
    const { fetches } = shop
    for (let i = 1; i <= 100; i++) await shop.set(i)
    await until(() => expect(shop.fetches - fetches).toBe(100))
    expect(shop.aborted).toBe(99)
  })

  it('are lost in silence, where they do not cancel a fetch', async () => {
    const { shop, view, ready } = useByHand((queryClient, queryKey) => {
      void queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false })
    })
    await ready()
    shop.isHeld = true
    const { fetches } = shop
    await shop.set(1)
    // The answer was read before these.
    await until(() => expect(shop.waiting).toBe(1))
    for (let i = 2; i <= 100; i++) await shop.set(i)
    await soon(50)
    shop.release()
    await until(() => expect(view.observer.getCurrentResult().isFetching).toBe(false))
    await soon(100)
    expect(view.data?.total).toBe(1)
    expect(shop.fetches - fetches).toBe(1)
  })

  it('are two fetches here, of which none is given up, and nothing is lost', async () => {
    const { shop, queryKey, useLive } = useOrder()
    const { queryClient, live } = useLive()
    const options = liveQueryOptions(
      {
        queryKey,
        queryFn: async ({ signal }: { signal: AbortSignal }) => (await shop.answer(signal)).json() as Promise<Order>,
      },
      { channel: 'orders/1', rules: { updated: 'invalidate' } },
    )
    const view = look(queryClient, options)
    await live()
    shop.isHeld = true
    const { fetches } = shop
    await shop.set(1)
    await until(() => expect(shop.waiting).toBe(1))
    for (let i = 2; i <= 100; i++) await shop.set(i)
    await soon(50)
    shop.isHeld = false
    shop.release()
    await until(() => expect(view.data?.total).toBe(100))
    await live()
    expect(shop.fetches - fetches).toBe(2)
    expect(shop.aborted).toBe(0)
  })
})

describe('a burst of events', () => {
  it('is a write for each, where they are written by `setQueryData`', async () => {
    const { shop, view, queryClient, ready } = useByHand((queryClient, queryKey, order) =>
      queryClient.setQueryData(queryKey, order),
    )
    await ready()
    const writes = countWrites(queryClient)
    await Promise.all(Array.from({ length: 100 }, (_, i) => shop.set(i + 1)))
    await until(() => expect(view.data?.total).toBe(100))
    expect(writes.count).toBe(100)
  })

  it('is one write for each frame here', async () => {
    const { shop, options, useLive } = useOrder()
    const { queryClient, live } = useLive()
    const view = look(queryClient, options)
    await live()
    const writes = countWrites(queryClient)
    await Promise.all(Array.from({ length: 100 }, (_, i) => shop.set(i + 1)))
    await until(() => expect(view.data?.total).toBe(100))
    expect(writes.count).toBeLessThanOrEqual(3)
  })
})

describe('a thousand events that each add a row', () => {
  const EVENTS = 1000

  it('go through half a million rows, where they are a stream that a query fetches', async () => {
    const queryClient = useQueryClient()
    const counted = countRows()
    const writes = countWrites(queryClient)
    const queryFn = streamedQuery<Order>({
      async *streamFn() {
        for (let i = 0; i < EVENTS; i++) yield { id: String(i), total: i }
      },
    })
    const rows = await queryClient.query({
      queryKey: ['orders'],
      queryFn,
      structuralSharing: counted.structuralSharing,
    })
    expect(rows).toHaveLength(EVENTS)
    expect(writes.count).toBeGreaterThanOrEqual(EVENTS)
    expect(counted.rows).toBeGreaterThan((EVENTS * EVENTS) / 2)
  })

  it('go through the list once for each frame here', async () => {
    const { hub, queryKey, useLive } = useOrder(EVENTS)
    const { queryClient, live } = useLive()
    const counted = countRows()
    const options = liveQueryOptions(
      { queryKey, queryFn: async () => (await hub.snapshot('orders/1', (): Order[] => [])).data },
      { channel: 'orders/1', rules: { saved: upsertById() } },
    )
    const view = look(queryClient, { ...options, structuralSharing: counted.structuralSharing })
    await live()
    const writes = countWrites(queryClient)
    const row = (i: number) => hub.to('orders/1').send('saved', { id: String(i), total: i })
    await Promise.all(Array.from({ length: EVENTS }, (_, i) => row(i)))
    await until(() => expect(view.data).toHaveLength(EVENTS))
    expect(writes.count).toBeLessThan(EVENTS / 20)
    expect(counted.rows).toBeLessThanOrEqual(writes.count * EVENTS)
  })
})

describe('what a query fetches', () => {
  it('never ends, where it is a stream', async () => {
    const { queryClient, options, shop, hub } = useStreamed()
    const view = look(queryClient, options)
    await until(() => expect(hub.subscriberCount('orders/1')).toBe(1))
    await shop.set(1)
    await until(() => expect(view.data?.total).toBe(1))
    expect(view.observer.getCurrentResult().isFetching).toBe(true)
  })

  it('ends here, and the query stays true', async () => {
    const { shop, options, useLive } = useOrder()
    const { queryClient, live } = useLive()
    const view = look(queryClient, options)
    await live()
    expect(view.observer.getCurrentResult().isFetching).toBe(false)
    await shop.set(1)
    await until(() => expect(view.data?.total).toBe(1))
  })

  it('is wiped by an invalidation that does not come to an end, where it is a stream', async () => {
    const { queryClient, options, shop, hub } = useStreamed()
    const view = look(queryClient, options)
    await until(() => expect(hub.subscriberCount('orders/1')).toBe(1))
    await shop.set(1)
    await until(() => expect(view.data?.total).toBe(1))
    const invalidation = queryClient.invalidateQueries({ queryKey: options.queryKey }).then(() => 'done')
    await until(() => expect(view.data).toBeUndefined())
    expect(await Promise.race([invalidation, soon(100)])).toBeUndefined()
  })

  it('stays during an invalidation here, which comes to an end', async () => {
    const { options, queryKey, useLive } = useOrder()
    const { queryClient, live } = useLive()
    const view = look(queryClient, options)
    await live()
    const invalidation = queryClient.invalidateQueries({ queryKey })
    expect(view.data).toBeDefined()
    await invalidation
    expect(view.data).toBeDefined()
  })

  it('is waited for without an end by who fetches it ahead, where it is a stream', async () => {
    const { queryClient, options } = useStreamed()
    const prefetch = queryClient.query(options).then(() => 'done')
    prefetch.catch(() => {})
    expect(await Promise.race([prefetch, soon(100)])).toBeUndefined()
    queryClient.clear()
  })

  it('is there for who fetches it ahead here', async () => {
    const { options, useLive } = useOrder()
    const { queryClient } = useLive()
    expect(await queryClient.query(options)).toEqual({ id: '1', total: 0 })
  })

  it('is opened twice by a component in StrictMode, where it is a stream', async () => {
    const { queryClient, options, wire } = useStreamed()
    const opened = { count: 0 }
    const queryFn: typeof options.queryFn = async (context) => {
      opened.count++
      return options.queryFn(context)
    }
    strictly(new QueryObserver(queryClient, { ...options, queryFn }))
    await until(() => expect(wire.requests.length).toBeGreaterThan(0))
    expect(opened.count).toBe(2)
  })

  it('is followed by one subscription here, also in StrictMode', async () => {
    const { options, useLive, wire, hub } = useOrder()
    const { queryClient, live } = useLive({ linger: 1000 })
    strictly(new QueryObserver(queryClient, options))
    await live()
    expect(wire.requests).toHaveLength(1)
    expect(hub.subscriberCount('orders/1')).toBe(1)
  })
})

describe('a connection that was lost', () => {
  const write = (queryClient: QueryClient, queryKey: readonly unknown[], order: Order) =>
    queryClient.setQueryData(queryKey, order)

  it('hides for ever what is gone by then, where only events count', async () => {
    const { shop, view, wire, client, ready } = useByHand(write, undefined, 1)
    await ready()
    const outage = beginOutage(wire)
    await until(() => expect(client.connected).toBe(false))
    await shop.set(1)
    shop.order = { ...shop.order, total: 2 }
    await useUp(shop)
    outage.end()
    await until(() => expect(client.connected).toBe(true))
    await soon(100)
    expect(view.data?.total).toBe(0)
  })

  it('is followed by a fetch where nothing was missed, where each open counts as a loss', async () => {
    const refetch = (queryClient: QueryClient, queryKey: readonly unknown[]) =>
      void queryClient.invalidateQueries({ queryKey })
    const { shop, wire, client, ready } = useByHand(write, refetch)
    await ready()
    await soon(50)
    const { fetches } = shop
    const outage = beginOutage(wire)
    await until(() => expect(client.connected).toBe(false))
    outage.end()
    await until(() => expect(client.connected).toBe(true))
    await until(() => expect(shop.fetches).toBe(fetches + 1))
  })

  it('is followed by a fetch here, where the hub says that something is gone', async () => {
    const { shop, options, useLive, wire } = useOrder(1)
    const { queryClient, live, status } = useLive()
    const view = look(queryClient, options)
    await live()
    const outage = beginOutage(wire)
    await until(() => expect(status.getSnapshot().status).toBe('offline'))
    await shop.set(1)
    shop.order = { ...shop.order, total: 2 }
    await useUp(shop)
    outage.end()
    await until(() => expect(view.data?.total).toBe(2))
    await live()
  })

  it('is followed by none here, where it says that nothing is', async () => {
    const { shop, options, useLive, wire } = useOrder()
    const { queryClient, live, status } = useLive()
    const view = look(queryClient, options)
    await live()
    const { fetches } = shop
    const outage = beginOutage(wire)
    await until(() => expect(status.getSnapshot().status).toBe('offline'))
    await shop.set(5)
    outage.end()
    await until(() => expect(view.data?.total).toBe(5))
    await live()
    expect(shop.fetches).toBe(fetches)
  })
})

/** More than is kept, and nothing that says what the order is. */
async function useUp({ hub }: ReturnType<typeof useOrder>['shop']): Promise<void> {
  for (let i = 0; i < 3; i++) await hub.to('orders/1').send('seen', i)
}

function strictly(observer: QueryObserver<Order, Error, Order, Order>): void {
  observer.subscribe(() => {})()
  onTestFinished(observer.subscribe(() => {}))
}

/** Keeps everybody away from the hub until that is ended. */
function beginOutage(wire: ReturnType<typeof useOrder>['wire']): { end: () => void } {
  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  return { end: () => (wire.intercept = undefined) }
}

/** How many rows are gone through, write by write, to see which of them have changed. */
function countRows() {
  const counted = {
    rows: 0,
    structuralSharing(old: unknown, next: unknown): unknown {
      counted.rows += (next as unknown[]).length
      return replaceEqualDeep(old, next)
    },
  }
  return counted
}

function countWrites(queryClient: QueryClient): { count: number } {
  const writes = { count: 0 }
  const stop = queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success') writes.count++
  })
  onTestFinished(stop)
  return writes
}
