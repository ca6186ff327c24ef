import { createLiveStatusObserver, liveQueryOptions, readSnapshot } from '@tidewire/client/query'
import { createSSEHub, type SSEHub } from '@tidewire/server'
import { expect, onTestFinished } from 'vitest'
import { useClient, useWire } from '../channels/useHubClient.ts'
import { until, useLiveCache } from './useLiveCache.ts'

/** One row of a table. */
export interface Order {
  readonly id: string
  readonly total: number
}

/** A table of one order with its endpoint, whose answers may be held back, and a page that can look at it. */
export function useOrder(maxEvents = 1000) {
  const hub: SSEHub = createSSEHub()
  hub.channel('orders/:id', { history: { maxEvents } })
  onTestFinished(() => hub.close())
  const wire = useWire(hub)
  const client = useClient(wire, { retry: { delay: 1, maxDelay: 1, maxAttempts: Infinity } })
  const held: (() => void)[] = []
  const queryKey: readonly unknown[] = ['order', '1']
  const shop = {
    hub,
    /** How often it was asked for, and how many of these requests were given up. */
    fetches: 0,
    aborted: 0,
    isHeld: false,
    order: { id: '1', total: 0 } as Order,
    async set(total: number): Promise<void> {
      shop.order = { ...shop.order, total }
      await hub.to('orders/1').send('updated', shop.order)
    },
    /** How many answers are held back. */
    get waiting() {
      return held.length
    },
    /** Lets the oldest answer that is held back go. */
    release: () => held.shift()?.(),
    async answer(signal?: AbortSignal): Promise<Response> {
      shop.fetches++
      signal?.addEventListener('abort', () => shop.aborted++)
      const response = (await hub.snapshot('orders/1', () => shop.order)).toResponse()
      if (shop.isHeld) await new Promise<void>((resolve) => held.push(resolve))
      signal?.throwIfAborted()
      return response
    },
    fetch: async (): Promise<Order> => readSnapshot<Order>(await shop.answer()),
  }
  const options = liveQueryOptions(
    { queryKey, queryFn: shop.fetch },
    { channel: 'orders/1', rules: { updated: (old, next) => ({ ...old, ...(next as Order) }) } },
  )
  /** A cache that is kept true, and when it is. */
  function useLive(settings: Parameters<typeof useLiveCache>[1] = {}) {
    const queryClient = useLiveCache(client, settings)
    const status = createLiveStatusObserver(queryClient, queryKey)
    const live = () => until(() => expect(status.getSnapshot().status).toBe('live'))
    return { queryClient, status, live }
  }
  return { hub, wire, client, shop, queryKey, options, useLive }
}
