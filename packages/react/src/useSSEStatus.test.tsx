import { act, cleanup, renderHook, waitFor } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { withHubServer } from '../../../test/withHubServer.ts'
import { SSEProvider, useSSEChannel, useSSEStatus } from './index.ts'

const server = withHubServer(cleanup)

describe('useSSEStatus', () => {
  it('shows how the connection is that the components share', async () => {
    const client = server.client()
    const { result } = renderHook(() => useSSEStatus(), {
      wrapper: ({ children }) => <SSEProvider client={client}>{children}</SSEProvider>,
    })
    expect(result.current).toMatchObject({ status: 'idle', isLost: false })
    const order = renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(result.current.status).toBe('open'))
    order.unmount()
    await waitFor(() => expect(result.current.status).toBe('idle'))
    expect(server.requests).toEqual(['GET'])
  })

  it('shows that the connection is lost, and when it is back', async () => {
    const client = server.client(undefined, { lostAfter: 0, retry: { delay: 150, jitter: 'none' } })
    const { result } = renderHook(() => useSSEStatus({ client }))
    renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(result.current.status).toBe('open'))
    server.cut()
    await waitFor(() => expect(result.current).toMatchObject({ status: 'reconnecting', isLost: true }))
    expect(result.current.nextRetryAt).toBeGreaterThan(0)
    await waitFor(() => expect(result.current).toMatchObject({ status: 'open', isLost: false }))
  })

  it('shows that the client was closed', async () => {
    const client = server.client()
    const { result } = renderHook(() => useSSEStatus({ client }))
    renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(result.current.status).toBe('open'))
    act(() => client.close())
    await waitFor(() => expect(result.current).toMatchObject({ status: 'closed', closeReason: 'manual' }))
  })

  it('renders for nothing that it does not read', async () => {
    const client = server.client()
    let renders = 0
    renderHook(() => {
      renders++
      return useSSEStatus({ client }).isLost
    })
    const order = renderHook(() => useSSEChannel('orders/42', { client }))
    await waitFor(() => expect(order.result.current.status).toBe('open'))
    expect(renders).toBe(1)
  })

  it('is idle on the server', () => {
    const client = server.client()
    const Banner = () => useSSEStatus({ client }).status
    expect(renderToString(<Banner />)).toBe('idle')
  })

  it('throws where there is no client', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    expect(() => renderHook(() => useSSEStatus())).toThrow('Expected an <SSEProvider client={client}> above')
    vi.restoreAllMocks()
  })
})
