import type { SSEPresenceOptions } from '@tidewire/server'
import { expect } from 'vitest'
import type { WireReader } from './readWire.ts'
import { type ServedHub, serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(13)

/** A payload of `sse.presence`, of either kind. */
interface Presence {
  channel: string
  count: number
  members?: { id: string; info?: unknown }[]
  joined?: { id: string }[]
  left?: string[]
}

/** Serves a channel that shows its readers, and one that does not. Who asks says who it is. */
async function serveRooms(
  presence: SSEPresenceOptions<string> = {},
): Promise<ServedHub & { enter: (name: string, query?: string) => Promise<WireReader> }> {
  const served = await serveChannels(
    { 'rooms/:id': { presence: presence as SSEPresenceOptions }, news: undefined },
    {
      context: (request) => request.headers.get('authorization') ?? '',
      identify: (context) => (context as string) || undefined,
    },
  )
  const enter = (name: string, query = 'channel=rooms/1') =>
    served.follow(query, name === '' ? {} : { authorization: name })
  return { ...served, enter }
}

/** The payload of the next event, which is one of presence and has no id. */
async function told({ next }: WireReader): Promise<Presence> {
  const event = await next()
  expect(event).toEqual({ event: 'sse.presence', data: expect.any(Object) as object })
  return event?.data as Presence
}

sentence('13.1', 'A channel may show its readers to each other.', async () => {
  const { enter } = await serveRooms({ info: (name) => ({ name }) })
  expect(await told(await enter('ann'))).toEqual({
    channel: 'rooms/1',
    count: 1,
    members: [{ id: 'ann', info: { name: 'ann' } }],
  })
})

sentence(
  '13.1',
  'The server then sends `sse.presence`, without an id, on every response that has the channel, plain ones too, and on no other:',
  async () => {
    const { hub, enter } = await serveRooms()
    const others = [await enter('ann', 'channel=news'), await enter('ann', 'v=1&channel=news')]
    const elsewhere = await enter('ann', 'v=1&channel=rooms/2')
    expect(await told(elsewhere)).toMatchObject({ channel: 'rooms/2', count: 1 })
    const having = [
      await enter('bob'),
      await enter('bob', 'channel=rooms/1&channel=news'),
      await enter('bob', 'v=1&channel=rooms/1'),
    ]
    for (const reader of having) expect(await told(reader)).toMatchObject({ members: [{ id: 'bob' }] })
    await enter('cid')
    for (const reader of having) expect(await told(reader)).toMatchObject({ joined: [{ id: 'cid' }] })
    await hub.to('news').data('end')
    for (const reader of others) expect(await reader.next()).toMatchObject({ data: 'end' })
    await enter('dan', 'v=1&channel=rooms/2')
    expect(await told(elsewhere)).toMatchObject({ channel: 'rooms/2', joined: [{ id: 'dan' }] })
  },
)

sentence(
  '13.1',
  'first, after `sse.hello` or the channel\'s `sse.live`, `{ "channel": <name>, "count": <number>, "members": [{ "id": <text>, "info"?: <JSON> }, …] }`,',
  async () => {
    const { enter, change } = await serveRooms()
    // Reading begins behind `sse.hello`.
    const ann = await enter('ann')
    expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 1, members: [{ id: 'ann' }] })
    const bob = await enter('bob', 'v=1&channel=news')
    const channels = { news: null, 'rooms/1': null }
    await change({ connection: bob.hello.connection, rev: 1, channels }, { authorization: 'bob' })
    expect(await bob.next()).toMatchObject({ event: 'sse.live', data: { channels: ['rooms/1'] } })
    expect(await told(bob)).toEqual({ channel: 'rooms/1', count: 2, members: [{ id: 'ann' }, { id: 'bob' }] })
  },
)

sentence('13.1', 'and after that `{ "channel", "count", "joined": [<member>, …], "left": [<id>, …] }`.', async () => {
  const { enter } = await serveRooms({ leaveAfter: 1, info: (name) => name.length })
  const ann = await enter('ann')
  await told(ann)
  const bob = await enter('bob')
  const channel = 'rooms/1'
  expect(await told(ann)).toEqual({ channel, count: 2, joined: [{ id: 'bob', info: 3 }], left: [] })
  await bob.leave()
  expect(await told(ann)).toEqual({ channel, count: 1, joined: [], left: ['bob'] })
})

untested('13.1', 'what a reader does', 'A payload with `members` replaces what the reader knew, whenever it comes.')
untested('13.1', 'what a reader does', '`left` is applied before `joined`.')

sentence('13.2', 'A member is an identity.', async () => {
  const { enter } = await serveRooms()
  const ann = await enter('ann', 'v=1&channel=rooms/1&origin=tab-1')
  expect((await told(ann)).members).toEqual([{ id: 'ann' }])
  // Another tab of hers is nobody else, and what she calls it is nobody.
  await enter('ann', 'v=1&channel=rooms/1&origin=bob')
  await enter('bob')
  expect(await told(ann)).toMatchObject({ count: 2, joined: [{ id: 'bob' }] })
})

sentence(
  '13.2',
  'A reader without one is told apart by its origin, else by its connection, under an id that the server makes up: neither an origin nor the id of a connection may be shown.',
  async () => {
    const { enter } = await serveRooms()
    const readers = [
      await enter('', 'v=1&channel=rooms/1&origin=tab-1'),
      await enter('', 'v=1&channel=rooms/1&origin=tab-1'),
      await enter('', 'v=1&channel=rooms/1&origin=tab-2'),
      await enter('', 'v=1&channel=rooms/1'),
      await enter('', 'channel=rooms/1'),
    ]
    const last = await enter('ann')
    const { count, members = [] } = await told(last)
    expect(count).toBe(5)
    const ids = members.map(({ id }) => id)
    expect(new Set(ids).size).toBe(5)
    const secrets = ['tab-1', 'tab-2', ...readers.map(({ hello }) => hello.connection)]
    for (const id of ids) for (const secret of secrets) expect(id).not.toContain(secret)
  },
)

sentence('13.2', 'However many connections it has, a member counts once.', async () => {
  const { enter } = await serveRooms({ leaveAfter: 1 })
  const bob = await enter('bob')
  await told(bob)
  const first = await enter('ann')
  await enter('ann', 'v=1&channel=rooms/1')
  expect(await told(bob)).toMatchObject({ count: 2, joined: [{ id: 'ann' }] })
  await first.leave()
  // She is still there by the second.
  await enter('cid')
  expect(await told(bob)).toMatchObject({ count: 3, joined: [{ id: 'cid' }], left: [] })
})

sentence(
  '13.3',
  'A member has left when it has had no connection for a while; one that comes back sooner has neither left nor joined.',
  async () => {
    const { enter, hub } = await serveRooms({ leaveAfter: 1_000 })
    const ann = await enter('ann')
    await told(ann)
    const bob = await enter('bob')
    await told(ann)
    await bob.leave()
    await expect.poll(() => hub.connectionCount).toBe(1)
    const again = await enter('bob')
    await enter('cid')
    // All that is told of meanwhile.
    expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 3, joined: [{ id: 'cid' }], left: [] })
    await again.leave()
    expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 2, joined: [], left: ['bob'] })
  },
)

sentence('13.4', '`count` is how many members there are.', async () => {
  const { enter } = await serveRooms({ maxMembers: 0 })
  const ann = await enter('ann')
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 1, members: [] })
  await enter('bob')
  expect(await told(ann)).toEqual({ channel: 'rooms/1', count: 2, joined: [], left: [] })
})

sentence(
  '13.4',
  'The server MAY name fewer: those that came first, and the next when one of them leaves.',
  async () => {
    const { enter } = await serveRooms({ maxMembers: 2, leaveAfter: 1 })
    const ann = await enter('ann')
    await told(ann)
    const bob = await enter('bob')
    await told(ann)
    const cid = await enter('cid')
    expect(await told(cid)).toEqual({ channel: 'rooms/1', count: 3, members: [{ id: 'ann' }, { id: 'bob' }] })
    expect(await told(ann)).toMatchObject({ count: 3, joined: [], left: [] })
    await bob.leave()
    for (const reader of [ann, cid]) {
      expect(await told(reader)).toEqual({ channel: 'rooms/1', count: 2, joined: [{ id: 'cid' }], left: ['bob'] })
    }
  },
)

untested('13.4', 'what a reader does', 'A reader MUST NOT derive `count` from the names.')
