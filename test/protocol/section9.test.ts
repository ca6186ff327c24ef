import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { createUnsteadyLog } from './unsteadyLog.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(9)

const anything = { ':a': undefined }

sentence(
  '9.1',
  'A managed reader changes its set by `POST <hub>`, `Content-Type: application/json`: { "connection": <id>, "rev": <number>, "channels": { <name>: null | <id> } }',
  async () => {
    const { hub, follow, change } = await serveChannels(anything)
    const { id } = await hub.to('orders').data(1)
    const { hello, next } = await follow('v=1&channel=news')
    const { status } = await change({ connection: hello.connection, rev: 1, channels: { users: null, orders: id } })
    expect(status).toBe(204)
    expect(await next()).toEqual({
      event: 'sse.live',
      data: { channels: ['users', 'orders'], rev: 1, cursor: id },
    })
    expect(hub.activeChannels).toEqual(['users', 'orders'])
  },
)

sentence('9.1', '`rev` is a positive integer', async () => {
  const { follow, change } = await serveChannels(anything)
  const { connection } = (await follow('v=1&channel=news')).hello
  for (const rev of [0, -1, 1.5, '1', null, undefined]) {
    expect([rev, (await change({ connection, rev, channels: {} })).status]).toEqual([rev, 400])
  }
})

untested('9.1', 'what a reader does', 'that grows from one change of the connection to the next.')

sentence('9.1', '`channels` is the whole set that the reader wants:', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { connection } = (await follow('v=1&channel=a&channel=b')).hello
  await change({ connection, rev: 1, channels: { b: null, c: null } })
  await expect.poll(() => hub.activeChannels).toEqual(['b', 'c'])
  await change({ connection, rev: 2, channels: {} })
  expect(hub.activeChannels).toEqual([])
  expect(hub.connectionCount).toBe(1)
})

sentence('9.1', '`null` for a channel that is fresh, or the id that the channel was read up to;', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello, next } = await follow('v=1&channel=a')
  const { id } = await hub.to('b', 'c').data(1)
  await hub.to('b', 'c').data(2)
  await change({ connection: hello.connection, rev: 1, channels: { b: null, c: id } })
  expect(await next()).toMatchObject({ event: 'sse.catchup' })
  expect(await next()).toMatchObject({ event: 'c#message', data: 2 })
  expect(await next()).toMatchObject({ event: 'sse.live', data: { channels: ['b', 'c'] } })
})

sentence('9.1', 'of a channel that the connection has already, the value is not looked at.', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello, next } = await follow('v=1&channel=a')
  await hub.to('a').data(1)
  expect(await next()).toMatchObject({ event: 'a#message', data: 1 })
  await change({ connection: hello.connection, rev: 1, channels: { a: hello.cursor } })
  await change({ connection: hello.connection, rev: 2, channels: { a: 'other.7' } })
  await hub.to('a').data(2)
  expect(await next()).toMatchObject({ event: 'a#message', data: 2 })
})

sentence('9.1', 'The server MUST make sure that the request has the identity of the connection.', async () => {
  const { hub, follow, change } = await serveChannels(anything, {
    context: (request) => request.headers.get('authorization') ?? undefined,
    identify: (context) => context as string | undefined,
  })
  const { hello } = await follow('v=1&channel=news', { authorization: 'ann' })
  const body = { connection: hello.connection, rev: 1, channels: { orders: null } }
  expect((await change(body, { authorization: 'bob' })).status).toBe(404)
  expect((await change(body)).status).toBe(404)
  expect(hub.activeChannels).toEqual(['news'])
  expect((await change(body, { authorization: 'ann' })).status).toBe(204)
})

sentence('9.1', '204: taken; or ignored, as its `rev` is not above the last that was taken.', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello, next } = await follow('v=1&channel=news')
  const statusOf = async (rev: number, channels: object) =>
    (await change({ connection: hello.connection, rev, channels })).status
  expect(await statusOf(5, { news: null, orders: null })).toBe(204)
  expect(await next()).toMatchObject({ event: 'sse.live', data: { rev: 5 } })
  expect([await statusOf(5, {}), await statusOf(4, {})]).toEqual([204, 204])
  expect(hub.activeChannels).toEqual(['news', 'orders'])
})

sentence('9.1', '404: no such connection here, and the reader opens a new one.', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello, rest } = await follow('v=1&channel=news')
  hub.disconnect({ id: hello.connection })
  await rest()
  for (const connection of [hello.connection, 'other', '']) {
    expect((await change({ connection, rev: 1, channels: {} })).status).toBe(404)
  }
})

sentence('9.1', '400, 413, 415: malformed.', async () => {
  const { follow, change } = await serveChannels(anything)
  const { connection } = (await follow('v=1&channel=news')).hello
  const whole = { connection, rev: 1, channels: {} }
  for (const body of ['', 'null', '[]', '{', { ...whole, channels: [] }, { ...whole, channels: { a: 1 } }]) {
    expect([body, (await change(body)).status]).toEqual([body, 400])
  }
  expect((await change({ ...whole, more: 'x'.repeat(300_000) })).status).toBe(413)
  expect((await change(whole, { 'content-type': 'text/plain' })).status).toBe(415)
})

sentence('9.2', 'A channel that leaves the set gets nothing more from here on.', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello, next } = await follow('v=1&channel=a&channel=b')
  await change({ connection: hello.connection, rev: 1, channels: { b: null } })
  await hub.to('a', 'b').data(1)
  expect(await next()).toMatchObject({ event: 'b#message' })
})

sentence(
  '9.2',
  'A channel that is refused is told by `sse.denied` `{ "channels": [<name>, …], "rev": <number> }`.',
  async () => {
    const { follow, change } = await serveChannels({ news: undefined, secret: () => false })
    const { hello, next } = await follow('v=1&channel=news')
    await change({ connection: hello.connection, rev: 7, channels: { news: null, secret: null } })
    expect(await next()).toEqual({ event: 'sse.denied', data: { channels: ['secret'], rev: 7 } })
  },
)

untested('9.2', 'what a server may do', 'Of a change that a later one has overtaken nothing need be told.')

sentence(
  '9.3',
  'A channel that joins is told by `sse.live` `{ "channels": [<name>, …], "rev": <number>, "cursor": <id> }`: all that the reader was to get of it up to `cursor` was sent, all that it publishes after it follows, and the id is the channel\'s own position.',
  async () => {
    const { hub, follow, change } = await serveChannels(anything)
    const { hello, next } = await follow('v=1&channel=a')
    await hub.to('b').data(1)
    const { id } = await hub.to('b').data(2)
    await change({ connection: hello.connection, rev: 1, channels: { a: null, b: hello.cursor } })
    expect(await next()).toMatchObject({ event: 'sse.catchup' })
    for (const data of [1, 2]) expect(await next()).toMatchObject({ event: 'b#message', data })
    expect(await next()).toEqual({ event: 'sse.live', data: { channels: ['b'], rev: 1, cursor: id } })
    await hub.to('b').data(3)
    expect(await next()).toMatchObject({ data: 3 })
    const again = await follow(`v=1&since=${id}:b`)
    expect(await again.next()).toMatchObject({ data: 3 })
  },
)

sentence(
  '9.3',
  'If there is anything to send before that, it is announced by `sse.catchup` `{ "channels": [<name>, …], "rev": <number> }`:',
  async () => {
    const { hub, follow, change } = await serveChannels(anything)
    const { hello, next } = await follow('v=1&channel=a')
    await hub.to('c').data(1)
    await change({ connection: hello.connection, rev: 1, channels: { a: null, b: hello.cursor } })
    expect(await next()).toMatchObject({ event: 'sse.live', data: { channels: ['b'] } })
    await change({ connection: hello.connection, rev: 2, channels: { a: null, b: null, c: hello.cursor } })
    expect(await next()).toEqual({ event: 'sse.catchup', data: { channels: ['c'], rev: 2 } })
  },
)

sentence(
  '9.3',
  'then come retained values, what the reader missed, and what was published meanwhile, with ids that are the position of their channels alone.',
  async () => {
    const log = createUnsteadyLog()
    const { hub, follow, change } = await serveChannels({ kept: { retain: 'last' }, ...anything }, { log })
    const { hello, next } = await follow('v=1&channel=a')
    const retained = await hub.to('kept').data('retained')
    const missed = [await hub.to('b').data('missed'), await hub.to('b').data('missed too')]
    const release = log.hold(1)
    await change({ connection: hello.connection, rev: 1, channels: { a: null, kept: null, b: retained.id } })
    expect(await next()).toMatchObject({ event: 'sse.catchup', data: { channels: ['kept', 'b'] } })
    expect(await next()).toEqual({ event: 'kept#message', data: 'retained' })
    expect(await next()).toEqual({ event: 'b#message', data: 'missed', ...missed[0] })
    const meanwhile = await hub.to('b').data('meanwhile')
    release()
    expect(await next()).toEqual({ event: 'b#message', data: 'missed too', ...missed[1] })
    expect(await next()).toEqual({ event: 'b#message', data: 'meanwhile', ...meanwhile })
    expect(await next()).toMatchObject({ event: 'sse.live', data: { cursor: meanwhile.id } })
  },
)

sentence('9.3', 'Events of other channels may come in between.', async () => {
  const log = createUnsteadyLog()
  const { hub, follow, change } = await serveChannels(anything, { log })
  const { hello, next } = await follow('v=1&channel=a')
  for (const data of [1, 2]) await hub.to('b').data(data)
  const release = log.hold(1)
  await change({ connection: hello.connection, rev: 1, channels: { a: null, b: hello.cursor } })
  expect(await next()).toMatchObject({ event: 'sse.catchup' })
  expect(await next()).toMatchObject({ event: 'b#message', data: 1 })
  await hub.to('a').data('between')
  expect(await next()).toMatchObject({ event: 'a#message', data: 'between' })
  release()
  expect(await next()).toMatchObject({ event: 'b#message', data: 2 })
  expect(await next()).toMatchObject({ event: 'sse.live' })
})

sentence(
  '9.3',
  'Channels of which events are gone are told of apart, in both, with `"reset": true`, which means what the verdict means.',
  async () => {
    const { hub, follow, change } = await serveChannels({
      lossy: { history: { maxEvents: 1 }, retain: 'last' },
      ...anything,
    })
    const { hello, next } = await follow('v=1&channel=a')
    for (const data of [1, 2]) await hub.to('lossy', 'b').data(data)
    const { id: cursor } = await hub.to('b').data(3)
    await change({ connection: hello.connection, rev: 1, channels: { lossy: hello.cursor, b: hello.cursor } })
    expect(await next()).toEqual({ event: 'sse.catchup', data: { channels: ['b'], rev: 1 } })
    expect(await next()).toEqual({ event: 'sse.catchup', data: { channels: ['lossy'], rev: 1, reset: true } })
    expect(await next()).toEqual({ event: 'lossy#message', data: 2 })
    for (const data of [1, 2, 3]) expect(await next()).toMatchObject({ event: 'b#message', data })
    expect(await next()).toEqual({ event: 'sse.live', data: { channels: ['b'], rev: 1, cursor } })
    expect(await next()).toEqual({ event: 'sse.live', data: { channels: ['lossy'], rev: 1, cursor, reset: true } })
    await hub.to('lossy').data(4)
    expect(await next()).toMatchObject({ event: 'lossy#message', data: 4 })
  },
)

untested(
  '9.4',
  'what a reader does',
  'A reader MUST ignore events of a channel from the moment it asks for it until the `sse.catchup` or `sse.live` whose `rev` is at least that of the change that asked.',
)
