import { setTimeout as pause } from 'node:timers/promises'
import { MutationObserver } from '@tanstack/query-core'
import { liveQueryOptions } from '@tidewire/client/query'
import { expect, it } from 'vitest'
import { look, until } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

/** An order that is looked at, until its channel and its endpoint are refused. */
async function useRefused() {
  const order = useOrder()
  const { hub, client, shop, queryKey, useLive } = order
  const { queryClient, live, status } = useLive()
  const options = liveQueryOptions(
    {
      queryKey,
      async queryFn() {
        if (shop.order.total < 0) {
          shop.fetches++
          throw new Error('403 Forbidden')
        }
        return shop.fetch()
      },
      staleTime: Infinity,
    },
    { channel: 'orders/1', rules: { updated: (old, next) => ({ ...old, ...(next as Order) }) } },
  )
  const view = look(queryClient, options)
  await live()
  const shown: unknown[] = []
  view.observer.subscribe(({ data }) => shown.push(data?.total))
  /** Waits until an event has come to this page, before there is a frame. */
  const tell = async (total: number) => {
    const told = Promise.withResolvers<void>()
    await client.subscribe('orders/1', { onEvent: () => told.resolve() }).opened
    await shop.set(total)
    await told.promise
  }
  const revoke = async () => {
    hub.revoke('orders/1')
    await until(() => expect(status.getSnapshot().status).toBe('stale'))
  }
  return { ...order, queryClient, view, shown, tell, revoke }
}

it('is not written any more, where it came before the channel was taken away', async () => {
  const { shop, queryClient, queryKey, view, shown, tell, revoke } = await useRefused()
  shop.isHeld = true
  const saved = Promise.withResolvers<void>()
  // For as long, events wait.
  const mutation = new MutationObserver(queryClient, { mutationKey: queryKey, mutationFn: () => saved.promise })
  const done = mutation.mutate()
  await tell(5)
  await revoke()
  saved.resolve()
  await done
  await until(() => expect(shop.waiting).toBe(1))
  await pause(100)
  expect(view.data?.total).toBe(0)
  expect(shown).not.toContain(5)
})

it('is not applied to an answer that comes after the channel was taken away', async () => {
  const { shop, view, shown, tell, revoke } = await useRefused()
  shop.isHeld = true
  const refetch = view.observer.refetch()
  await until(() => expect(shop.waiting).toBe(1))
  await tell(5)
  await revoke()
  shop.release()
  await refetch
  await pause(100)
  expect(view.data?.total).toBe(0)
  expect(shown).not.toContain(5)
})

it('is fetched once more where the channel was taken away, though it was live', async () => {
  const { shop, view, revoke } = await useRefused()
  const { fetches } = shop
  shop.order = { id: '1', total: 7 }
  await revoke()
  await until(() => expect(view.data?.total).toBe(7))
  await pause(2500)
  expect(shop.fetches).toBe(fetches + 1)
})

it('is asked for once where the server refuses that, too, and says so', async () => {
  const { shop, view, revoke } = await useRefused()
  const { fetches } = shop
  shop.order = { id: '1', total: -1 }
  await revoke()
  await until(() => expect(view.observer.getCurrentResult().error?.message).toBe('403 Forbidden'))
  await pause(2500)
  expect(shop.fetches).toBe(fetches + 1)
})

it('is fetched once more where a fetch was under way when the channel was taken away', async () => {
  const { shop, view, revoke } = await useRefused()
  shop.isHeld = true
  const refetch = view.observer.refetch()
  await until(() => expect(shop.waiting).toBe(1))
  const { fetches } = shop
  await revoke()
  shop.isHeld = false
  shop.order = { id: '1', total: 7 }
  shop.release()
  await refetch
  await until(() => expect(view.data?.total).toBe(7))
  expect(shop.fetches).toBe(fetches + 1)
})
