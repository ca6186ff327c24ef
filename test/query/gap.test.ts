import { createLiveStatusObserver, liveQueryOptions, readSnapshot } from '@tidewire/client/query'
import { expect, it, onTestFinished, vi } from 'vitest'
import { look, until } from './useLiveCache.ts'
import { useOrder } from './useOrder.ts'

it('fetches only what was bound to the channel that has lost events, and not all pages at once', async () => {
  const { hub, wire, shop, options, useLive } = useOrder(1)
  const { queryClient, live, status } = useLive()
  const others = { fetches: 0 }
  const otherOptions = liveQueryOptions(
    {
      queryKey: ['order', '2'],
      async queryFn() {
        others.fetches++
        return readSnapshot<object>((await hub.snapshot('orders/2', () => ({ id: '2' }))).toResponse())
      },
    },
    { channel: 'orders/2', rules: {} },
  )
  const order = look(queryClient, options)
  look<object>(queryClient, otherOptions)
  const other = createLiveStatusObserver(queryClient, ['order', '2'])
  await live()
  await until(() => expect(other.getSnapshot().status).toBe('live'))
  const before = [shop.fetches, others.fetches]
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => random.mockRestore())

  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  await until(() => expect(status.getSnapshot().status).toBe('offline'))
  shop.order = { id: '1', total: 2 }
  for (let i = 0; i < 3; i++) await hub.to('orders/1').send('seen', i)
  const backAt = performance.now()
  wire.intercept = undefined
  await until(() => expect(shop.fetches).toBe((before[0] ?? 0) + 1))
  // Of the second over which the pages spread, this one has drawn the half.
  expect(performance.now() - backAt).toBeGreaterThan(490)
  await live()
  expect(order.data?.total).toBe(2)
  expect(other.getSnapshot().status).toBe('live')
  expect(others.fetches).toBe(before[1])
})

it('marks stale what nobody looks at', async () => {
  const { hub, options, useLive, queryKey } = useOrder(1)
  const { queryClient, live } = useLive()
  const order = look(queryClient, options)
  await live()
  order.leave()
  await until(() => expect(hub.subscriberCount('orders/1')).toBe(0))
  expect(queryClient.getQueryCache().find({ queryKey })?.state.isInvalidated).toBe(true)
})
