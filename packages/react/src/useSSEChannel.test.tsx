import { act, cleanup, render, renderHook, screen, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { withHubServer } from '../../../test/withHubServer.ts'
import { type ChannelSource, SSEProvider, useSSEChannel, useSSEClient } from './index.ts'

const server = withHubServer(cleanup)
const { followed } = server

const send = (id: string, title: string) => server.hub.to(`orders/${id}`).send('updated', { title })

describe('useSSEChannel', () => {
  it('follows the channel while the component is mounted', async () => {
    const client = server.client()
    const { result, unmount } = renderHook(() => useSSEChannel('orders/42', { client }))
    expect(result.current.status).toBe('connecting')
    await waitFor(() => expect(result.current.status).toBe('open'))
    const { id } = await send('42', 'A lamp')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A lamp' }))
    expect(result.current.lastEvent).toMatchObject({ event: 'updated', id })
    unmount()
    await followed('orders/42', 0)
    await waitFor(() => expect(client.status).toBe('idle'))
  })

  it('asks once in StrictMode, which mounts twice', async () => {
    const client = server.client()
    const { result } = renderHook(() => useSSEChannel('orders/42', { client, linger: 0 }), { wrapper: StrictMode })
    await waitFor(() => expect(result.current.status).toBe('open'))
    expect(server.requests).toEqual(['GET'])
  })

  it('shares the one connection of the client that is provided', async () => {
    const client = server.client()
    function Order({ id }: { id: string }) {
      const { data } = useSSEChannel(`orders/${id}`)
      return <p>{JSON.stringify(data)}</p>
    }
    render(
      <SSEProvider client={client}>
        {Array.from({ length: 50 }, (_, index) => (
          <Order key={index} id={String(index % 2)} />
        ))}
      </SSEProvider>,
    )
    await followed('orders/0')
    await followed('orders/1')
    await send('0', 'A lamp')
    await waitFor(() => expect(screen.getAllByText('{"title":"A lamp"}')).toHaveLength(25))
    expect(server.requests).toEqual(['GET'])
    expect(server.hub.connectionCount).toBe(1)
  })

  it('keeps its part when options are written inline, and calls the callbacks of the latest render', async () => {
    const client = server.client()
    const heard: string[] = []
    const { rerender } = renderHook(
      ({ name }) =>
        useSSEChannel('orders/42', {
          client,
          on: { updated: ({ title }) => heard.push(`${name} ${title}`) },
          onEvent: () => heard.push(name),
        }),
      { initialProps: { name: 'first' } },
    )
    await followed('orders/42')
    for (let i = 0; i < 5; i++) rerender({ name: `render ${i}` })
    await send('42', 'A lamp')
    await waitFor(() => expect(heard).toEqual(['render 4 A lamp', 'render 4']))
    expect(server.requests).toEqual(['GET'])
  })

  it('moves to another channel on the same connection, and keeps data until its first event', async () => {
    const client = server.client()
    const { result, rerender } = renderHook(({ id }) => useSSEChannel(`orders/${id}`, { client }), {
      initialProps: { id: '1' },
    })
    await followed('orders/1')
    await send('1', 'A lamp')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A lamp' }))
    rerender({ id: '2' })
    expect(result.current.data).toEqual({ title: 'A lamp' })
    await followed('orders/2')
    await followed('orders/1', 0)
    await send('2', 'A chair')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A chair' }))
    expect(server.requests.filter((method) => method === 'GET')).toHaveLength(1)
  })

  it('shows the initial data of another channel, where that has its own', async () => {
    const client = server.client()
    const { result, rerender } = renderHook(
      ({ id }) => useSSEChannel(`orders/${id}`, { client, initialData: { title: `Order ${id}` } }),
      { initialProps: { id: '1' } },
    )
    await followed('orders/1')
    await send('1', 'A lamp')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A lamp' }))
    rerender({ id: '2' })
    await waitFor(() => expect(result.current.data).toEqual({ title: 'Order 2' }))
    await followed('orders/2')
    expect(result.current.data).toEqual({ title: 'Order 2' })
  })

  it.each([null, undefined, false, ''] as const)('takes part in nothing while the channel is %j', async (none) => {
    const client = server.client()
    const { result, rerender } = renderHook(({ name }) => useSSEChannel(name, { client }), {
      initialProps: { name: none as ChannelSource<'orders/42'> },
    })
    expect(result.current.status).toBe('idle')
    rerender({ name: 'orders/42' })
    await waitFor(() => expect(result.current.status).toBe('open'))
    rerender({ name: none })
    await waitFor(() => expect(result.current.status).toBe('idle'))
    await followed('orders/42', 0)
  })

  it('takes part with `enabled`, and goes on where it was', async () => {
    const client = server.client()
    const { result, rerender } = renderHook(
      ({ enabled }) => useSSEChannel('orders/42', { client, enabled, recent: 9 }),
      {
        initialProps: { enabled: true },
      },
    )
    await followed('orders/42')
    await send('42', 'A')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A' }))
    rerender({ enabled: false })
    await followed('orders/42', 0)
    await waitFor(() => expect(result.current.status).toBe('idle'))
    expect(result.current.data).toEqual({ title: 'A' })
    await send('42', 'B')
    rerender({ enabled: true })
    await waitFor(() => expect(result.current.data).toEqual({ title: 'B' }))
    expect(result.current.recent.map(({ text }) => text)).toEqual(['{"title":"A"}', '{"title":"B"}'])
  })

  it('shows why a channel is refused, while another goes on', async () => {
    const client = server.client()
    const onClose = vi.fn()
    const order = renderHook(() => useSSEChannel('orders/42', { client }))
    const secret = renderHook(() => useSSEChannel('secrets/1', { client, onClose }))
    await waitFor(() => expect(secret.result.current.status).toBe('closed'))
    expect(secret.result.current).toMatchObject({ closeReason: 'denied', error: { code: 'denied' } })
    expect(onClose).toHaveBeenCalledExactlyOnceWith('denied')
    await waitFor(() => expect(order.result.current.status).toBe('open'))
  })

  it('shows that the right to a channel was taken back, and asks again by hand', async () => {
    const client = server.client('ann')
    const { result } = renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(result.current.status).toBe('open'))
    await server.hub.revoke('orders/42', { identity: 'ann' })
    await waitFor(() => expect(result.current).toMatchObject({ status: 'closed', closeReason: 'revoked' }))
    act(() => result.current.open())
    await waitFor(() => expect(result.current.status).toBe('open'))
  })

  it('resumes after the connection was cut', async () => {
    const client = server.client()
    const { result } = renderHook(() => useSSEChannel('orders/42', { client, recent: 9 }))
    await followed('orders/42')
    await send('42', 'A')
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A' }))
    server.cut()
    await send('42', 'B')
    await waitFor(() => expect(result.current.recent).toHaveLength(2))
    await waitFor(() => expect(result.current).toMatchObject({ status: 'open', error: undefined }))
  })

  it('shows what there was at once when a route comes back within the linger', async () => {
    const client = server.client(undefined, { linger: 500 })
    const first = renderHook(() => useSSEChannel('orders/42', { client }))
    await followed('orders/42')
    await send('42', 'A')
    await waitFor(() => expect(first.result.current.data).toEqual({ title: 'A' }))
    first.unmount()
    const shown: unknown[] = []
    renderHook(() => shown.push(useSSEChannel('orders/42', { client }).data))
    expect(shown).toEqual([{ title: 'A' }])
    expect(server.requests).toEqual(['GET'])
  })

  it('follows another client when another one is provided', async () => {
    const clients = [server.client('ann'), server.client('bob')] as const
    const { result, rerender } = renderHook(({ client }) => useSSEChannel('orders/42', { client }), {
      initialProps: { client: clients[0] },
    })
    await waitFor(() => expect(result.current.status).toBe('open'))
    rerender({ client: clients[1] })
    await waitFor(() => expect(clients[0].status).toBe('idle'))
    await waitFor(() => expect(clients[1].status).toBe('open'))
    await waitFor(() => expect(result.current.status).toBe('open'))
  })

  it('returns the same functions for the life of the component', () => {
    const client = server.client()
    const { result, rerender } = renderHook(() => useSSEChannel(null, { client }))
    const { open, pause, resume, reconnect, close } = result.current
    rerender()
    expect(result.current).toMatchObject({ open, pause, resume, reconnect, close })
  })

  it('rests and goes on by hand', async () => {
    const client = server.client()
    const { result } = renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(result.current.status).toBe('open'))
    act(() => result.current.pause())
    await waitFor(() => expect(result.current.status).toBe('paused'))
    await followed('orders/42', 0)
    await send('42', 'A')
    act(() => result.current.resume())
    await waitFor(() => expect(result.current.data).toEqual({ title: 'A' }))
    act(() => result.current.close())
    await waitFor(() => expect(result.current).toMatchObject({ status: 'closed', closeReason: 'manual' }))
  })

  it.each([false, true])(
    'says that it has missed events when it comes back beside another that makes a list of its own (StrictMode: %s)',
    async (isStrict) => {
      const client = server.client()
      const gaps: string[] = []
      const useList = (enabled: boolean) =>
        useSSEChannel('orders/42', {
          client,
          enabled,
          initialData: '',
          reduce: (list, event) => (event.event === 'updated' ? list + event.data.title : list),
          onGap: ({ reason }) => void gaps.push(reason),
        }).data
      const options = { initialProps: true, ...(isStrict && { wrapper: StrictMode }) }
      const [own, other] = [renderHook(useList, options), renderHook(useList, options)]
      await followed('orders/42')
      await send('42', 'A')
      await waitFor(() => expect(own.result.current).toBe('A'))
      own.rerender(false)
      await send('42', 'B')
      await waitFor(() => expect(other.result.current).toBe('AB'))
      own.rerender(true)
      await waitFor(() => expect(gaps).toEqual(['reset']))
      await send('42', 'C')
      await waitFor(() => expect([own.result.current, other.result.current]).toEqual(['AC', 'ABC']))
      expect(gaps).toEqual(['reset'])
    },
  )

  it('asks for nothing on the server', () => {
    const client = server.client()
    function Page() {
      const { status, data } = useSSEChannel('orders/42', { client, initialData: { title: 'A lamp' } })
      return `${status} ${JSON.stringify(data)}`
    }
    expect(renderToString(<Page />)).toBe('connecting {&quot;title&quot;:&quot;A lamp&quot;}')
    expect(client.status).toBe('idle')
  })

  it('throws for a name that no pattern fits, and where there is no client', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const client = server.client()
    expect(() => renderHook(() => useSSEChannel('nothing/1' as 'orders/1', { client }))).toThrow(
      /pattern of the contract/,
    )
    expect(() => renderHook(() => useSSEChannel('orders/1'))).toThrow(/<SSEProvider client=\{client\}> above/)
    vi.restoreAllMocks()
  })

  it('takes the nearest provider', async () => {
    const [outer, inner] = [server.client(), server.client()]
    renderHook(() => useSSEChannel('orders/42'), {
      wrapper: ({ children }) => (
        <SSEProvider client={outer}>
          <SSEProvider client={inner}>{children}</SSEProvider>
        </SSEProvider>
      ),
    })
    await waitFor(() => expect(inner.status).toBe('open'))
    expect(outer.status).toBe('idle')
  })

  it('hands the client of the provider out', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const client = server.client()
    const wrapper = ({ children }: { children: ReactNode }) => <SSEProvider client={client}>{children}</SSEProvider>
    expect(renderHook(() => useSSEClient(), { wrapper }).result.current).toBe(client)
    expect(() => renderHook(() => useSSEClient())).toThrow(/<SSEProvider client=\{client\}> above/)
    vi.restoreAllMocks()
  })
})
