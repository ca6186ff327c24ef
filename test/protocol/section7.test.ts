import { createMemoryLog } from '@tidewire/server'
import { expect, vi } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(7)

const anything = { ':a': undefined, ':a/:b': undefined }

function epochOf(id: string): string {
  return id.slice(0, id.lastIndexOf('.'))
}

function seqOf(id: string | undefined): number {
  return Number(id?.slice(id.lastIndexOf('.') + 1))
}

sentence('7.1', "The id of a hub's event is `<epoch>.<seq>`.", async () => {
  const { hub, follow } = await serveChannels(anything)
  const { hello, next } = await follow('channel=news')
  const { id } = await hub.to('news').send('a', 1)
  expect(await next()).toEqual({ event: 'a', data: 1, id })
  expect(id).toBe(`${epochOf(hello.cursor)}.1`)
})

sentence('7.1', 'The epoch names one life of the log: letters, digits, `-` and `_`, at most 64.', async () => {
  const { hello } = await (await serveChannels(anything)).follow('channel=news')
  expect(epochOf(hello.cursor)).toMatch(/^[\w-]{1,64}$/)
})

sentence(
  '7.1',
  'The seq is a decimal integer without leading zeros that grows over the whole hub and is never used twice in an epoch; 0 is before the first.',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { hello, next } = await follow('channel=news&channel=orders')
    expect(hello.cursor).toMatch(/\.0$/)
    for (let seq = 1; seq <= 12; seq++) {
      await hub.to(seq % 2 ? 'news' : 'orders').data(seq)
      expect((await next())?.id).toBe(`${epochOf(hello.cursor)}.${seq}`)
    }
  },
)

sentence('7.1', 'A server MUST begin a new epoch whenever its log may have lost or repeated a seq.', async () => {
  // The log in memory ends with its process.
  const lives = [await serveChannels(anything), await serveChannels(anything)]
  const ids = await Promise.all(lives.map(async ({ hub }) => (await hub.to('news').data(1)).id))
  expect(ids.map(seqOf)).toEqual([1, 1])
  expect(new Set(ids.map(epochOf)).size).toBe(2)
})

sentence('7.1', 'Ids of different epochs do not compare.', async () => {
  const { hub, follow } = await serveChannels(anything)
  for (const data of [1, 2, 3]) await hub.to('news').data(data)
  for (const seq of [0, 2, 3, 4]) {
    const { hello } = await follow(`v=1&since=other.${seq}:news`)
    expect(hello.channels).toEqual({ news: 'reset' })
  }
})

sentence('7.2', 'Ids leave in order on every response,', async () => {
  const { hub, follow } = await serveChannels(anything)
  const names = ['a', 'b', 'c']
  for (const name of [...names, ...names]) await hub.to(name).data(1)
  const { base, next } = await follow(`channel=a&channel=b&channel=c&lastEventId=${(await hub.to('d').data(1)).id}`)
  const late = await follow(`v=1&channel=c&since=${epochOf(base ?? '')}.0:a&since=${epochOf(base ?? '')}.3:b`)
  // Several of each in one turn of the server.
  void Promise.all([...names, ...names.toReversed()].map((name) => hub.to(name).data(1)))
  for (const seq of [8, 9, 10, 11, 12, 13]) expect(seqOf((await next())?.id)).toBe(seq)
  for (const seq of [1, 4, 5, 8, 9, 10, 11, 12, 13]) expect(seqOf((await late.next())?.id)).toBe(seq)
})

sentence(
  '7.2',
  'except those of channels that catch up (9.3): they are the position of that channel and of nothing else.',
  async () => {
    const { hub, follow, change } = await serveChannels(anything)
    const { hello, next } = await follow('v=1&channel=news')
    await hub.to('orders').data(1)
    await hub.to('news').data(2)
    expect(seqOf((await next())?.id)).toBe(2)
    await change({ connection: hello.connection, rev: 1, channels: { news: null, orders: hello.cursor } })
    expect(await next()).toMatchObject({ event: 'sse.catchup' })
    expect(await next()).toEqual({ event: 'orders#message', data: 1, id: `${epochOf(hello.cursor)}.1` })
    expect(await next()).toMatchObject({ event: 'sse.live' })
    await hub.to('orders').data(3)
    expect(seqOf((await next())?.id)).toBe(3)
  },
)

untested(
  '7.3',
  'what a reader does',
  "A reader's position in a channel is the last event ID, the *base*, or a position of the channel's own, whichever is further; while the channel catches up, it is the channel's own.",
)
untested('7.3', 'a definition', 'A channel that is *fresh* has none yet.')

sentence(
  '7.4',
  'A managed reader says so when it opens: `channel=<name>` is covered by the base, `since=<id>:<name>` has a position of its own, `fresh=<name>` has none.',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const first = await hub.to('a', 'b', 'c').data(1)
    const second = await hub.to('a', 'b', 'c').data(2)
    const headers = { 'last-event-id': second.id }
    const { hello, next } = await follow(`v=1&channel=a&since=${first.id}:b&fresh=c`, headers)
    expect(hello.channels).toEqual({ a: 'resumed', b: 'resumed', c: 'fresh' })
    expect(await next()).toMatchObject({ event: 'b#message', data: 2 })
    await hub.to('a', 'c').data(3)
    expect(await next()).toMatchObject({ event: 'a#message', data: 3 })
    expect(await next()).toMatchObject({ event: 'c#message', data: 3 })
  },
)

sentence('7.4', 'The base is `Last-Event-ID`, else the parameter `lastEventId` (4.3).', async () => {
  const { hub, follow } = await serveChannels(anything)
  const ids = [await hub.to('news').data(1), await hub.to('news').data(2), await hub.to('news').data(3)]
  const query = `channel=news&lastEventId=${ids[0]?.id}`
  expect(await (await follow(query)).next()).toMatchObject({ data: 2 })
  expect(await (await follow(query, { 'last-event-id': `${ids[1]?.id}` })).next()).toMatchObject({ data: 3 })
})

sentence('7.4', "A plain reader's channels are all covered by the base.", async () => {
  const { hub, follow } = await serveChannels(anything)
  const { id } = await hub.to('a', 'b').data(1)
  await hub.to('b', 'a').data(2)
  const { hello, next } = await follow(`channel=a&channel=b`, { 'last-event-id': id })
  expect(hello.channels).toEqual({ a: 'resumed', b: 'resumed' })
  expect(await next()).toMatchObject({ event: 'b#message', data: 2 })
  expect(await next()).toMatchObject({ event: 'a#message', data: 2 })
})

sentence('7.4', 'Where there is no base, what it would cover is fresh.', async () => {
  const { hub, follow } = await serveChannels(anything)
  await hub.to('a', 'b').data(1)
  expect((await follow('channel=a&channel=b')).hello.channels).toEqual({ a: 'fresh', b: 'fresh' })
  expect((await follow('v=1&channel=a')).hello.channels).toEqual({ a: 'fresh' })
})

sentence('7.5', 'Retained values go without `id`.', async () => {
  const { hub, follow, change } = await serveChannels({ ':a': { retain: 'last' } })
  await hub.to('a', 'b').data(1)
  const { hello, next } = await follow('v=1&channel=a')
  expect(await next()).toEqual({ event: 'a#message', data: 1 })
  await change({ connection: hello.connection, rev: 1, channels: { b: null } })
  expect(await next()).toMatchObject({ event: 'sse.catchup' })
  expect(await next()).toEqual({ event: 'b#message', data: 1 })
})

sentence('7.5', 'Reserved events carry no id, except `sse.hello` (8.1) and `sse.reset` (8.4).', async () => {
  const { hub, follow, change } = await serveChannels({ ':a': { terminal: ['end'] }, 'no/:a': () => false })
  const { base, hello, until, rest } = await follow('v=1&channel=a&channel=b')
  expect(base).toBeDefined()
  await hub.to('c').data(1)
  await change({ connection: hello.connection, rev: 1, channels: { a: null, b: null, c: hello.cursor, 'no/c': null } })
  const events = await until('sse.live')
  hub.revoke('b')
  await hub.to('a').send('end', 2)
  hub.disconnect({ id: hello.connection })
  events.push(...(await rest()))
  const reserved = events.filter(({ event }) => event.startsWith('sse.'))
  expect(reserved.map(({ event }) => event)).toEqual([
    'sse.denied',
    'sse.catchup',
    'sse.live',
    'sse.revoked',
    'sse.end',
    'sse.bye',
  ])
  expect(reserved.filter(({ id }) => id !== undefined)).toEqual([])
})

sentence(
  '7.5',
  'A heartbeat MAY be an id without an event, instead of a comment: everything up to it has been sent.',
  async () => {
    const { hub, follow } = await serveChannels(anything, { heartbeat: 20 })
    const busy = await follow('channel=busy')
    const { base, frame } = await follow('channel=quiet')
    const { id } = await hub.to('busy').data(1)
    await busy.next()
    let beat = await frame()
    while (beat && beat.id === undefined) beat = await frame()
    expect(beat).toMatchObject({ id, event: undefined })
    expect(base).not.toBe(id)
  },
)

sentence('7.5', 'So a reader whose channels are quiet does not fall behind what is kept.', async () => {
  const log = createMemoryLog({ maxIdleChannels: 0 })
  const { hub, follow } = await serveChannels({ ':a': { history: false } }, { heartbeat: 20, log })
  const busy = await follow('channel=busy')
  const quiet = await follow('channel=quiet')
  const { id } = await hub.to('busy').data(1)
  for (let beat = await quiet.frame(); beat?.id !== id; beat = await quiet.frame()) expect(beat).toBeDefined()
  await Promise.all([busy.leave(), quiet.leave()])
  await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  const verdictAt = async (position = '') => (await follow(`channel=quiet&lastEventId=${position}`)).hello.channels
  expect(await verdictAt(quiet.base)).toEqual({ quiet: 'reset' })
  expect(await verdictAt(id)).toEqual({ quiet: 'resumed' })
})
