import { expect, it, vi } from 'vitest'
import { type HubEvent, type HubReader, join, open, post, useHub } from '../../test/hubReader.ts'
import { serveHub } from '../../test/serveHub.ts'
import type { SSEMember, SSEPresenceOptions } from '../index.ts'

/** A hub on a real server whose channels under `rooms` show who is there; who asks says who it is. */
async function useRooms(presence: SSEPresenceOptions<string> = {}) {
  const { hub, errors } = useHub<string>({
    context: (request) => request.headers.get('authorization') ?? '',
    identify: (name) => name || undefined,
  })
  hub.channel('rooms/:id', { presence })
  hub.channel('news')
  const served = await serveHub(hub)
  const enter = (name: string, query = '?v=1&fresh=rooms/1') => join(served, query, { authorization: name })
  return { hub, errors, served, enter }
}

/** The payload of the next event, which is one of presence. */
async function told(reader: HubReader): Promise<unknown> {
  const event = await reader.next()
  expect(event).toMatchObject({ event: 'sse.presence' })
  expect(event).not.toHaveProperty('id')
  return event?.data
}

const ANN = { id: 'ann' }
const BOB = { id: 'bob' }

it('tells whoever joins who is there, and the others who joined', async () => {
  const { enter, hub } = await useRooms()
  const ann = await enter('ann')
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 1, members: [ANN] })
  const bob = await enter('bob')
  expect(await told(bob)).toEqual({ channel: 'rooms/1', count: 2, members: [ANN, BOB] })
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 2, joined: [BOB], left: [] })
  expect(await hub.presence('rooms/1')).toEqual([ANN, BOB])
})

it('tells who has left, when that has lasted', async () => {
  const { enter, hub } = await useRooms({ leaveAfter: 1 })
  const ann = await enter('ann')
  await told(ann)
  const bob = await enter('bob')
  await told(ann)
  await bob.leave()
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 1, joined: [], left: ['bob'] })
  expect(await hub.presence('rooms/1')).toEqual([ANN])
})

it('tells nobody of a reconnection', async () => {
  const { enter, hub } = await useRooms()
  const ann = await enter('ann')
  await told(ann)
  const bob = await enter('bob')
  await told(ann)
  await bob.leave()
  await vi.waitFor(() => expect(hub.connectionCount).toBe(1))
  expect(await told(await enter('bob'))).toEqual({ channel: 'rooms/1', count: 2, members: [ANN, BOB] })
  expect(await told(await enter('cid'))).toMatchObject({ count: 3 })
  expect(await told(ann)).toMatchObject({ count: 3, joined: [{ id: 'cid' }], left: [] })
})

it('says of members what the channel wants to be known', async () => {
  const info = vi.fn((name: string) => ({ name: name.toUpperCase() }))
  const { enter } = await useRooms({ info })
  expect(await told(await enter('ann'))).toMatchObject({ members: [{ id: 'ann', info: { name: 'ANN' } }] })
  await told(await enter('ann'))
  expect(info).toHaveBeenCalledOnce()
})

it.each([
  [
    'throws',
    () => {
      throw new Error('no such user')
    },
  ],
  ['has no JSON form', () => 1n],
  ['is a promise', () => Promise.reject(new Error('no such user'))],
])('shows a member without an info that %s, and tells `onError`', async (_, info) => {
  const { enter, errors } = await useRooms({ info })
  expect(await told(await enter('ann'))).toMatchObject({ members: [ANN] })
  expect(errors).toMatchObject([['presence', {}]])
})

it('tells apart readers without an identity by their origin, and shows nothing of theirs', async () => {
  const { enter, hub } = await useRooms()
  const first = await enter('', '?v=1&fresh=rooms/1&origin=tab-1')
  const { members } = (await told(first)) as { members: SSEMember[] }
  const again = await enter('', '?v=1&fresh=rooms/1&origin=tab-1')
  expect(await told(again)).toMatchObject({ count: 1, members })
  const other = await enter('', '?v=1&fresh=rooms/1')
  expect(await told(other)).toMatchObject({ count: 2 })
  const ids = (await hub.presence('rooms/1')).map(({ id }) => id)
  expect(new Set(ids).size).toBe(2)
  for (const secret of ['tab-1', first.hello.connection, other.hello.connection]) expect(ids).not.toContain(secret)
})

it('is there for a native EventSource too, and only for readers of the channel', async () => {
  const { enter } = await useRooms()
  const other = await enter('cid', '?v=1&fresh=rooms/2&fresh=news')
  const plain = await enter('ann', '?channel=rooms/1')
  expect(await told(plain)).toEqual({ channel: 'rooms/1', count: 1, members: [ANN] })
  await enter('bob')
  expect(await told(plain)).toMatchObject({ joined: [BOB] })
  expect(await told(other)).toMatchObject({ channel: 'rooms/2', members: [{ id: 'cid' }] })
  await enter('dee', '?v=1&fresh=rooms/2')
  expect(await told(other)).toMatchObject({ channel: 'rooms/2', joined: [{ id: 'dee' }] })
})

it('tells a reader that changes its set after the channel has become live', async () => {
  const { enter, hub, served } = await useRooms()
  const ann = await enter('ann', '?v=1&fresh=news')
  const { connection } = ann.hello
  const change = async (rev: number, channels: object) => {
    const { status } = await post(hub, { connection, rev, channels }, { authorization: 'ann' })
    expect(status).toBe(204)
  }
  await change(1, { news: null, 'rooms/1': null })
  const events: (HubEvent | undefined)[] = [await ann.next(), await ann.next()]
  expect(events.map((event) => event?.event)).toEqual(['sse.live', 'sse.presence'])
  await change(2, { news: null })
  const bob = await open(served, '?v=1&fresh=rooms/1', { authorization: 'bob' })
  await bob.next()
  expect(await told(bob)).toMatchObject({ members: [ANN, BOB] })
  await hub.to('news').send('update', 1)
  expect(await ann.next()).toMatchObject({ event: 'news#update' })
})

it('names the first members only, and counts all', async () => {
  const { enter, hub } = await useRooms({ maxMembers: 1 })
  const ann = await enter('ann')
  await told(ann)
  const bob = await enter('bob')
  expect(await told(bob)).toEqual({ channel: 'rooms/1', count: 2, members: [ANN] })
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 2, joined: [], left: [] })
  expect(await hub.presence('rooms/1')).toEqual([ANN, BOB])
})

it('refuses what makes no sense', async () => {
  const { hub } = await useRooms()
  expect(await hub.presence('rooms/7')).toEqual([])
  await expect(hub.presence('news')).rejects.toThrow(/declared with `presence`, got "news"/)
  await expect(hub.presence('nowhere')).rejects.toThrow(TypeError)
  const declare = (presence: unknown) => () => hub.channel('a', { presence: presence as boolean })
  expect(declare('yes')).toThrow(/`presence` to be true, false or an object, got "yes"/)
  expect(declare({ info: 1 })).toThrow(/`presence.info`/)
  expect(declare({ leaveAfter: -1 })).toThrow(/`presence.leaveAfter`/)
  expect(declare({ maxMembers: '9' })).toThrow(/`presence.maxMembers`/)
})
