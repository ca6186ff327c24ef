import { cleanup, renderHook, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it } from 'vitest'
import { withHubServer } from '../../../test/withHubServer.ts'
import { usePresence, useSSEChannel } from './index.ts'

const server = withHubServer(cleanup)

describe('usePresence', () => {
  it('shows who is there, itself included, and who comes and goes', async () => {
    const clients = { ann: server.client('ann'), bob: server.client('bob') }
    const ann = renderHook(() => usePresence('rooms/lobby', { client: clients.ann }), { wrapper: StrictMode })
    expect(ann.result.current).toEqual({ count: 0, members: [] })
    await waitFor(() => expect(ann.result.current).toEqual({ count: 1, members: [{ id: 'ann' }] }))
    const bob = renderHook(() => usePresence('rooms/lobby', { client: clients.bob }))
    await waitFor(() => expect(ann.result.current.count).toBe(2))
    await waitFor(() => expect(bob.result.current.members).toEqual([{ id: 'ann' }, { id: 'bob' }]))
    bob.unmount()
    await waitFor(() => expect(ann.result.current).toEqual({ count: 1, members: [{ id: 'ann' }] }))
  })

  it('shares the channel with who follows its events, and renders for none of them', async () => {
    const client = server.client('ann')
    let renders = 0
    const room = renderHook(() => useSSEChannel('rooms/lobby', { client }))
    renderHook(() => {
      renders++
      return usePresence('rooms/lobby', { client })
    })
    await waitFor(() => expect(room.result.current.presence?.count).toBe(1))
    const before = renders
    await server.hub.to('rooms/lobby').data({ text: 'Hello' })
    await waitFor(() => expect(room.result.current.data).toEqual({ text: 'Hello' }))
    expect(renders).toBe(before)
    expect(server.requests).toEqual(['GET'])
  })

  it('shows nobody where the channel does not say, and while there is none', async () => {
    const client = server.client('ann')
    const order = renderHook(() => ({
      ...usePresence('orders/42', { client }),
      status: useSSEChannel('orders/42', { client }).status,
    }))
    await waitFor(() => expect(order.result.current.status).toBe('open'))
    expect(order.result.current).toMatchObject({ count: 0, members: [] })
    expect(renderHook(() => usePresence(null, { client })).result.current).toEqual({ count: 0, members: [] })
  })
})
