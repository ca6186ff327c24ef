import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, cleanup, renderHook, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { withHubServer } from '../../../../test/withHubServer.ts'
import { liveQueryOptions, readSnapshot, syncQueryCache, useLiveStatus } from './index.ts'

interface Order {
  readonly title: string
}

const stops: (() => void)[] = []
const server = withHubServer(() => {
  cleanup()
  for (const stop of stops.splice(0)) stop()
})

/** A page whose queries are kept true. */
function setUp(retryDelay = 1) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const client = server.client(undefined, { retry: { delay: retryDelay, maxDelay: retryDelay, jitter: 'none' } })
  const stop = syncQueryCache(queryClient, client as never, { linger: 0 })
  stops.push(() => {
    stop()
    queryClient.clear()
  })
  const fetches: string[] = []
  const orderOf = (id: string) =>
    liveQueryOptions(
      {
        queryKey: ['order', id],
        async queryFn() {
          fetches.push(id)
          const snapshot = await server.hub.snapshot(`orders/${id}`, (): Order => ({ title: `Order ${id}` }))
          return readSnapshot<Order>(snapshot.toResponse())
        },
      },
      { channel: `orders/${id}`, rules: { updated: (old, next) => ({ ...old, ...(next as Order) }) } },
    )
  const useOrder = (id: string) => {
    const { data } = useQuery(orderOf(id))
    return { title: data?.title, ...useLiveStatus(['order', id]) }
  }
  const wrapper = ({ children }: { children?: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  )
  return { queryClient, client, orderOf, useOrder, wrapper, fetches }
}

const waitLong = { timeout: 10_000 }

describe('useLiveStatus', () => {
  it('shows that a query becomes live, and the query what is published from then on', async () => {
    const { useOrder, wrapper, fetches } = setUp()
    const statuses: string[] = []
    const { result } = renderHook(
      () => {
        const order = useOrder('42')
        statuses.push(order.status)
        return order
      },
      { wrapper },
    )
    expect(result.current).toEqual({ title: undefined, status: 'catching-up', lastSyncedAt: undefined })
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
    expect(result.current.title).toBe('Order 42')
    expect(result.current.lastSyncedAt).toBeLessThanOrEqual(Date.now())
    await server.hub.to('orders/42').send('updated', { title: 'Paid' })
    await waitFor(() => expect(result.current.title).toBe('Paid'), waitLong)
    expect(statuses.filter((status, at) => status !== statuses[at - 1])).toEqual(['stale', 'catching-up', 'live'])
    expect(fetches).toEqual(['42'])
  })

  it('shows that the connection is lost, since when, and that it is back', async () => {
    const { useOrder, wrapper } = setUp(150)
    const { result } = renderHook(() => useOrder('42'), { wrapper })
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
    const before = Date.now()
    server.cut()
    await waitFor(() => expect(result.current.status).toBe('offline'), waitLong)
    expect(result.current.lastSyncedAt).toBeGreaterThanOrEqual(before)
    expect(result.current.title).toBe('Order 42')
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
  })

  it('shows the query of another key at once', async () => {
    const { useOrder, wrapper } = setUp()
    const first = renderHook(() => useOrder('1'), { wrapper })
    await waitFor(() => expect(first.result.current.status).toBe('live'), waitLong)
    const { result, rerender } = renderHook(({ id }) => useLiveStatus(['order', id]).status, {
      wrapper,
      initialProps: { id: '1' },
    })
    expect(result.current).toBe('live')
    rerender({ id: '2' })
    expect(result.current).toBe('stale')
    renderHook(() => useOrder('2'), { wrapper })
    await waitFor(() => expect(result.current).toBe('live'), waitLong)
  })

  it('renders for nothing that it does not show, and for no other query', async () => {
    const { useOrder, wrapper } = setUp()
    const { result } = renderHook(() => useOrder('1'), { wrapper })
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
    let renders = 0
    renderHook(
      () => {
        renders++
        return useLiveStatus(['order', '1']).status
      },
      { wrapper },
    )
    const other = renderHook(() => useOrder('2'), { wrapper })
    await waitFor(() => expect(other.result.current.status).toBe('live'), waitLong)
    await server.hub.to('orders/1').send('updated', { title: 'Paid' })
    await waitFor(() => expect(result.current.title).toBe('Paid'), waitLong)
    expect(renders).toBe(1)
  })

  it('is stale where nobody looks at the query any more', async () => {
    const { useOrder, wrapper } = setUp()
    const order = renderHook(() => useOrder('42'), { wrapper })
    const { result } = renderHook(() => useLiveStatus(['order', '42']), { wrapper })
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
    order.unmount()
    await waitFor(() => expect(result.current.status).toBe('stale'), waitLong)
    expect(result.current.lastSyncedAt).toBeGreaterThan(0)
    await server.followed('orders/42', 0)
  })

  it('follows once in StrictMode', async () => {
    const { useOrder, wrapper } = setUp()
    const { result } = renderHook(() => useOrder('42'), {
      wrapper: ({ children }: { children?: ReactNode }) => <StrictMode>{wrapper({ children })}</StrictMode>,
    })
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
    expect(server.requests).toEqual(['GET'])
    expect(server.hub.subscriberCount('orders/42')).toBe(1)
  })

  it('takes a query client of its own', async () => {
    const { queryClient, useOrder, wrapper } = setUp()
    renderHook(() => useOrder('42'), { wrapper })
    const { result } = renderHook(() => useLiveStatus(['order', '42'], queryClient))
    await waitFor(() => expect(result.current.status).toBe('live'), waitLong)
  })

  it('throws where there is no query client', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    expect(() => renderHook(() => useLiveStatus(['order', '42']))).toThrow('No QueryClient set')
    vi.restoreAllMocks()
  })

  it('is stale on the server, and where its page is taken over while the query is live', async () => {
    const { useOrder, wrapper } = setUp()
    const statuses: string[] = []
    const Status = () => {
      const { status } = useLiveStatus(['order', '42'])
      statuses.push(status)
      return <p>{status}</p>
    }
    const page = wrapper({ children: <Status /> })
    const other = renderHook(() => useOrder('42'), { wrapper })
    await waitFor(() => expect(other.result.current.status).toBe('live'), waitLong)
    const container = document.createElement('main')
    container.innerHTML = renderToString(page)
    expect(container.innerHTML).toBe('<p>stale</p>')
    statuses.length = 0
    const onRecoverableError = vi.fn()
    const root = await act(async () => hydrateRoot(container, page, { onRecoverableError }))
    expect(onRecoverableError).not.toHaveBeenCalled()
    expect(statuses[0]).toBe('stale')
    expect(container.innerHTML).toBe('<p>live</p>')
    act(() => root.unmount())
  })
})
