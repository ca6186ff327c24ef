// @vitest-environment jsdom
import { QueryClient } from '@tanstack/query-core'
import { createSSEHub } from '@tidewire/server'
import { SSEProvider } from '@tidewire/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { useClient, useWire } from '../channels/useHubClient.ts'
import { createLiveCollection, type Order } from './recipes/createLiveCollection.ts'
import { useLiveSWR } from './recipes/useLiveSWR.ts'
import { until } from './useLiveCache.ts'

/** A table of orders with its endpoint, whose answers may be held back. */
function useOrders(maxEvents = 1000) {
  const hub = createSSEHub()
  hub.channel('orders', { history: { maxEvents } })
  onTestFinished(() => hub.close())
  const wire = useWire(hub)
  const client = useClient(wire, { retry: { delay: 1, maxDelay: 1, maxAttempts: Infinity } })
  const held: (() => void)[] = []
  const shop = {
    isHeld: false,
    fetches: 0,
    rows: [{ id: '1', total: 0 }] as Order[],
    waiting: () => held.length,
    release: () => held.splice(0).forEach((go) => go()),
    async fetchOrders(): Promise<Order[]> {
      shop.fetches++
      const { rows } = shop
      if (shop.isHeld) await new Promise<void>((resolve) => held.push(resolve))
      return rows
    },
    async save(order: Order): Promise<void> {
      shop.rows = [...shop.rows.filter(({ id }) => id !== order.id), order]
      await hub.to('orders').send('saved', order)
    },
    async remove(id: string): Promise<void> {
      shop.rows = shop.rows.filter((row) => row.id !== id)
      await hub.to('orders').send('removed', { id })
    },
  }
  return { hub, wire, client, shop }
}

/** More is gone than the hub keeps. */
async function loseEvents({ hub, wire, client, shop }: ReturnType<typeof useOrders>): Promise<void> {
  wire.intercept = () => new Response(null, { status: 503 })
  wire.cut()
  await until(() => expect(client.connected).toBe(false))
  await shop.save({ id: '1', total: 77 })
  for (let i = 0; i < 3; i++) await hub.to('orders').send('seen', i)
  wire.intercept = undefined
}

function showSWR(setting: ReturnType<typeof useOrders>, key: string) {
  const shown: (readonly Order[] | undefined)[] = []
  const patch = (rows: Order[], { event, data }: { event: string; data: unknown }) => {
    const order = data as Order
    const others = rows.filter(({ id }) => id !== order.id)
    if (event === 'saved') return [...others, order]
    return event === 'removed' ? others : rows
  }
  const Orders = () => {
    shown.push(useLiveSWR(key, 'orders', setting.shop.fetchOrders, patch).data)
    return null
  }
  const root = createRoot(document.createElement('main'))
  root.render(createElement(SSEProvider, { client: setting.client, children: createElement(Orders) }))
  onTestFinished(() => root.unmount())
  return shown
}

/** What is held by key, and is not SWR's: maps of sets. */
function watchSets() {
  const maps = new Set<Map<unknown, unknown>>()
  const { set } = Map.prototype
  const spy = vi.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
    if (value instanceof Set) maps.add(this)
    return set.call(this, key, value)
  })
  onTestFinished(() => spy.mockRestore())
  return { holds: (key: string) => [...maps].some((map) => map.has(key)) }
}

function showCollection({ client, shop }: ReturnType<typeof useOrders>) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const { orders, close } = createLiveCollection(queryClient, client, shop.fetchOrders)
  const changes = orders.subscribeChanges(() => {})
  onTestFinished(async () => {
    close()
    changes.unsubscribe()
    await orders.cleanup()
    queryClient.clear()
  })
  return orders
}

const byId = (rows: readonly Order[] | undefined) => rows?.toSorted((a, b) => (a.id < b.id ? -1 : 1))

const shows = {
  SWR(setting: ReturnType<typeof useOrders>) {
    const shown = showSWR(setting, `/orders/${Math.random()}`)
    return () => byId(shown.at(-1))
  },
  'TanStack DB'(setting: ReturnType<typeof useOrders>) {
    const orders = showCollection(setting)
    return () => byId(orders.toArray.map(({ id, total }) => ({ id, total })))
  },
}

it.each(Object.entries(shows))('keeps true what %s has fetched', async (_, show) => {
  const setting = useOrders()
  const { shop, hub } = setting
  const shown = show(setting)
  await until(() => expect(hub.subscriberCount('orders')).toBe(1))
  await until(() => expect(shown()).toEqual([{ id: '1', total: 0 }]))
  await until(() => expect(shop.fetches).toBeGreaterThan(1))
  await shop.save({ id: '1', total: 5 })
  await shop.save({ id: '2', total: 6 })
  await until(() => expect(shown()).toEqual(byId(shop.rows)))
  await shop.remove('1')
  await until(() => expect(shown()).toEqual([{ id: '2', total: 6 }]))
})

it('holds nothing for a key of SWR whose fetches are over', async () => {
  const setting = useOrders()
  const { shop } = setting
  const sets = watchSets()
  const key = `/orders/${Math.random()}`
  shop.isHeld = true
  const shown = showSWR(setting, key)
  await until(() => expect(shop.waiting()).toBeGreaterThan(0))
  expect(sets.holds(key)).toBe(true)
  shop.isHeld = false
  shop.release()
  await until(() => expect(shown.at(-1)).toEqual([{ id: '1', total: 0 }]))
  await until(() => expect(sets.holds(key)).toBe(false))
})

it.each(Object.entries(shows))('does not let an older answer overwrite what is known: %s', async (_, show) => {
  const setting = useOrders()
  const { shop, hub } = setting
  shop.isHeld = true
  const shown = show(setting)
  await until(() => expect(hub.subscriberCount('orders')).toBe(1))
  // The fetch that counts, which began when the channel was open, or before.
  await until(() => expect(shop.waiting()).toBeGreaterThan(0))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await shop.save({ id: '1', total: 7 })
  await shop.save({ id: '2', total: 8 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  shop.isHeld = false
  shop.release()
  await until(() => expect(shown()).toEqual(byId(shop.rows)))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(shown()).toEqual(byId(shop.rows))
})

it.each(Object.entries(shows))('fetches what the hub can no longer tell: %s', async (_, show) => {
  const setting = useOrders(1)
  const shown = show(setting)
  await until(() => expect(setting.hub.subscriberCount('orders')).toBe(1))
  await until(() => expect(shown()).toEqual([{ id: '1', total: 0 }]))
  await loseEvents(setting)
  await until(() => expect(shown()).toEqual([{ id: '1', total: 77 }]))
})
