import { describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import { withHubServer } from '../../../test/withHubServer.ts'
import { inScope, leaveAll, mount } from '../test/mounted.ts'
import { type ChannelSource, usePresence, useSSEChannel } from './index.ts'

const server = withHubServer(leaveAll)

describe('usePresence', () => {
  it('shows who is there, itself included, and who comes and goes', async () => {
    const ann = inScope(() => usePresence('rooms/lobby', { client: server.client('ann') }))
    expect([ann.count.value, ann.members.value]).toEqual([0, []])
    await vi.waitFor(() => expect([ann.count.value, ann.members.value]).toEqual([1, [{ id: 'ann' }]]))
    const bob = mount(() => {
      const { members } = usePresence('rooms/lobby', { client: server.client('bob') })
      return () => members.value.map(({ id }) => id).join()
    })
    await vi.waitFor(() => expect(ann.count.value).toBe(2))
    await vi.waitFor(() => expect(bob.element.textContent).toBe('ann,bob'))
    bob.unmount()
    await vi.waitFor(() => expect(ann.members.value).toEqual([{ id: 'ann' }]))
  })

  it('shares the channel with who follows its events, and renders for none of them', async () => {
    const client = server.client('ann')
    let renders = 0
    const room = inScope(() => useSSEChannel('rooms/lobby', { client }))
    const { element } = mount(() => {
      const { count } = usePresence('rooms/lobby', { client })
      return () => `${++renders && count.value}`
    })
    await vi.waitFor(() => expect(element.textContent).toBe('1'))
    const before = renders
    await server.hub.to('rooms/lobby').data({ text: 'Hello' })
    await vi.waitFor(() => expect(room.data.value).toEqual({ text: 'Hello' }))
    expect(renders).toBe(before)
    expect(server.requests).toEqual(['GET'])
  })

  it('shows nobody while there is no channel', async () => {
    const room = shallowRef<ChannelSource<'rooms/lobby'>>('rooms/lobby')
    const { count } = inScope(() => usePresence(room, { client: server.client('ann') }))
    await vi.waitFor(() => expect(count.value).toBe(1))
    room.value = null
    await vi.waitFor(() => expect(count.value).toBe(0))
  })
})
