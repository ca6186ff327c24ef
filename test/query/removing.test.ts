import { liveQueryOptions, remove } from '@tidewire/client/query'
import { expect, it } from 'vitest'
import { look, until } from './useLiveCache.ts'
import { type Order, useOrder } from './useOrder.ts'

/** An order that is looked at, and what a view of it shows, until it is removed. */
async function useRemovable(extra: { initialData?: Order } = {}) {
  const order = useOrder()
  const { hub, shop, queryKey, useLive } = order
  const { queryClient, live, status } = useLive()
  let isGone = false
  const options = liveQueryOptions(
    {
      queryKey,
      async queryFn() {
        const answer = await shop.fetch()
        if (isGone) throw new Error('404 Not Found')
        return answer
      },
      ...extra,
    },
    { channel: 'orders/1', rules: { removed: remove } },
  )
  const view = look<Order>(queryClient, options)
  await live()
  const removeIt = async () => {
    isGone = true
    await hub.to('orders/1').send('removed', null)
  }
  return { ...order, options, queryClient, live, status, view, removeIt }
}

it('gives up no fetch that a loader waits for', async () => {
  const { shop, options, queryKey, queryClient, view, removeIt, hub } = await useRemovable()
  shop.isHeld = true
  await queryClient.invalidateQueries({ queryKey, refetchType: 'none' })
  const loaded = queryClient.query(options)
  await until(() => expect(shop.waiting).toBe(1))
  await hub.to('orders/1').send('removed', null)
  await until(() => expect(view.data).toBeUndefined())
  expect(view.observer.getCurrentResult()).toMatchObject({ status: 'pending', fetchStatus: 'fetching' })
  shop.isHeld = false
  shop.release()
  expect(await loaded).toEqual({ id: '1', total: 0 })
  // What was read before the removal is not shown.
  await removeIt()
  await until(() => expect(view.observer.getCurrentResult().error?.message).toBe('404 Not Found'))
  expect(view.data).toBeUndefined()
})

it('does not show what it began with instead', async () => {
  const { view, removeIt } = await useRemovable({ initialData: { id: '1', total: -5 } })
  await until(() => expect(view.data?.total).toBe(0))
  const shown: unknown[] = []
  view.observer.subscribe(({ data }) => shown.push(data?.total))
  await removeIt()
  await until(() => expect(view.observer.getCurrentResult().error?.message).toBe('404 Not Found'))
  expect(view.data).toBeUndefined()
  expect(shown).not.toContain(-5)
})
