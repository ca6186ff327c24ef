import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { createUnsteadyLog } from './unsteadyLog.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(8)

const anything = { ':a': undefined }
/** `short` keeps two events, `mute` none. */
const lossy = { short: { history: { maxEvents: 2 } }, mute: { history: false as const }, ...anything }

sentence(
  '8.1',
  'The first event is `sse.hello`: { "v": 1, "connection": <id>, "heartbeat": <milliseconds>, "cursor": <id>, "channels": { <name>: <verdict> } }',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { id } = await hub.to('news').data(1)
    const { hello } = await follow('channel=news')
    expect(hello).toEqual({
      v: 1,
      connection: hub.inspect().connections[0]?.id,
      heartbeat: 30_000,
      cursor: id,
      channels: { news: 'fresh' },
    })
  },
)

sentence(
  '8.1',
  "The verdict is `resumed`: all that the channel published after the reader's position follows;",
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { id } = await hub.to('news').data(1)
    for (const data of [2, 3]) await hub.to('news').data(data)
    const { hello, next } = await follow('channel=news', { 'last-event-id': id })
    expect(hello.channels).toEqual({ news: 'resumed' })
    await hub.to('news').data(4)
    for (const data of [2, 3, 4]) expect(await next()).toMatchObject({ data })
  },
)

sentence('8.1', '`fresh`: all that it publishes after `cursor` follows;', async () => {
  const { hub, follow } = await serveChannels(anything)
  const { id } = await hub.to('news').data(1)
  const { hello, next } = await follow('channel=news')
  expect(hello).toMatchObject({ cursor: id, channels: { news: 'fresh' } })
  for (const data of [2, 3]) await hub.to('news').data(data)
  for (const data of [2, 3]) expect(await next()).toMatchObject({ data })
})

sentence(
  '8.1',
  '`reset`: part of what the reader missed is gone, none of it is replayed, and all that is published after `cursor` follows;',
  async () => {
    const { hub, follow } = await serveChannels(lossy)
    const ids = []
    for (const data of [1, 2, 3, 4]) ids.push((await hub.to('short').data(data)).id)
    const { hello, next } = await follow('channel=short', { 'last-event-id': ids[0] ?? '' })
    expect(hello).toMatchObject({ cursor: ids[3], channels: { short: 'reset' } })
    await hub.to('short').data(5)
    expect(await next()).toMatchObject({ data: 5 })
  },
)

sentence('8.1', 'or `denied`: nothing follows.', async () => {
  const { hub, follow } = await serveChannels({ secret: () => false, ...anything })
  const { hello, next } = await follow('v=1&channel=news&channel=secret')
  expect(hello.channels).toEqual({ news: 'fresh', secret: 'denied' })
  await hub.to('secret', 'news').data(1)
  expect(await next()).toMatchObject({ event: 'news#message' })
})

untested('8.1', 'what a reader does', 'A reader acts on the verdict, never on the open of its connection.')

sentence('8.1', "The event's `id` is the reader's base from here on.", async () => {
  const { hub, follow } = await serveChannels(anything)
  const { id } = await hub.to('news').data(1)
  const { base, hello } = await follow('channel=news')
  expect([base, hello.cursor]).toEqual([id, id])
  await hub.to('news').data(2)
  expect(await (await follow('channel=news', { 'last-event-id': base ?? '' })).next()).toMatchObject({ data: 2 })
})

sentence(
  '8.1',
  'It MUST NOT be beyond anything that is yet to be replayed: it may lie before the base that the reader came with,',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { id: first } = await hub.to('news').data(1)
    const { id: last } = await hub.to('orders').data(2)
    const { base, hello, next } = await follow(`v=1&channel=orders&since=${first}:news`, { 'last-event-id': last })
    expect([base, hello.cursor]).toEqual([first, last])
    // Its last event is before the base that the reader came with: it does not come twice.
    await hub.to('news').data(3)
    expect(await next()).toMatchObject({ data: 3 })
  },
)

untested(
  '8.1',
  'what a reader does',
  'and then the channels that were covered by that have it as their own position. The own position of a channel that is fresh or reset is `cursor`.',
)

sentence(
  '8.1',
  'Where retained values follow (8.3), `sse.hello` has no id, and the base is the id without an event that comes after them; no position changes before.',
  async () => {
    const { hub, follow } = await serveChannels({ ':a': { retain: 'last' } })
    await hub.to('a', 'b').data(1)
    const { base, hello, frame } = await follow('channel=a&channel=b')
    expect(base).toBeUndefined()
    const frames = [await frame(), await frame(), await frame()]
    expect(frames).toMatchObject([
      { event: 'a#message', id: undefined },
      { event: 'b#message', id: undefined },
      { event: undefined, id: hello.cursor },
    ])
  },
)

sentence('8.1', 'So a reader that is cut off in between gets them again.', async () => {
  const { hub, follow } = await serveChannels({ ':a': { retain: 'last' } })
  await hub.to('news').data(1)
  const { base, next, leave } = await follow('channel=news')
  expect(await next()).toMatchObject({ data: 1 })
  await leave()
  const again = await follow('channel=news', base === undefined ? {} : { 'last-event-id': base })
  expect(await again.next()).toMatchObject({ data: 1 })
})

sentence('8.1', "`heartbeat` is the smallest of the hub's and the channels';", async () => {
  const { follow } = await serveChannels(
    { slow: { heartbeat: 9_000 }, fast: { heartbeat: 1_000 } },
    { heartbeat: 5_000 },
  )
  expect((await follow('channel=slow')).hello.heartbeat).toBe(5_000)
  expect((await follow('channel=slow&channel=fast')).hello.heartbeat).toBe(1_000)
})

sentence('8.1', 'the response SHOULD NOT be silent for more than twice as long.', async () => {
  const { follow } = await serveChannels(anything, { heartbeat: 20 })
  const { frame } = await follow('channel=news')
  for (let beat = 0; beat < 5; beat++) expect(await frame()).toMatchObject({ event: undefined })
})

sentence(
  '8.2',
  'A replay is whole or there is a reset: the server MUST NOT send a part of what a reader missed as if it were all.',
  async () => {
    const { hub, follow } = await serveChannels(lossy)
    const ids = []
    for (const data of [1, 2, 3, 4]) ids.push((await hub.to('short', 'news').data(data)).id)
    const { hello, next } = await follow('channel=short&channel=news', { 'last-event-id': ids[0] ?? '' })
    expect(hello.channels).toEqual({ short: 'reset', news: 'resumed' })
    for (const data of [2, 3, 4]) expect(await next()).toMatchObject({ event: 'news#message', data })
    await hub.to('short').data(5)
    expect(await next()).toMatchObject({ event: 'short#message', data: 5 })
  },
)

sentence(
  '8.2',
  'It is whole if the first event that is kept after the position follows, in its channel, on one at or below the position;',
  async () => {
    const { hub, follow } = await serveChannels(lossy)
    const ids = []
    for (const name of ['short', 'short', 'news', 'short', 'short']) ids.push((await hub.to(name).data(name)).id)
    const verdicts = ids.map(async (id) => (await follow(`channel=short&lastEventId=${id}`)).hello.channels['short'])
    // The fourth follows on the second.
    expect(await Promise.all(verdicts)).toEqual(['reset', 'resumed', 'resumed', 'resumed', 'resumed'])
  },
)

sentence('8.2', "or if there is none, and the channel's last event is at or below it.", async () => {
  const { hub, follow } = await serveChannels(lossy)
  const ids = []
  for (const name of ['mute', 'news', 'mute', 'news']) ids.push((await hub.to(name).data(name)).id)
  const verdicts = ids.map(async (id) => (await follow(`channel=mute&lastEventId=${id}`)).hello.channels['mute'])
  expect(await Promise.all(verdicts)).toEqual(['reset', 'reset', 'resumed', 'resumed'])
})

sentence(
  '8.2',
  'A position that the log never gave is a reset: one of another epoch, beyond the last seq, or in another form than that of 7.1.',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { id } = await hub.to('news').data(1)
    const epoch = id.slice(0, -2)
    for (const position of ['other.1', `${epoch}.2`, `${epoch}.01`, `${epoch}.-1`, '42', epoch]) {
      const { hello } = await follow('channel=news', { 'last-event-id': position })
      expect([position, hello.channels]).toEqual([position, { news: 'reset' }])
    }
  },
)

sentence(
  '8.3',
  'Where a channel retains its last event, a reader that is fresh or reset in it gets that event at once.',
  async () => {
    const { hub, follow } = await serveChannels({ ':a': { retain: 'last', history: { maxEvents: 1 } } })
    const { id } = await hub.to('news').data(1)
    for (const data of [2, 3]) await hub.to('news').data(data)
    const fresh = await follow('channel=news')
    const reset = await follow('channel=news', { 'last-event-id': id })
    expect(reset.hello.channels).toEqual({ news: 'reset' })
    expect(await fresh.next()).toEqual({ event: 'message', data: 3 })
    expect(await reset.next()).toEqual({ event: 'message', data: 3 })
    const resumed = await follow('channel=news', { 'last-event-id': reset.hello.cursor })
    await hub.to('news').data(4)
    expect(await resumed.next()).toMatchObject({ data: 4 })
  },
)

sentence(
  '8.4',
  '`sse.reset` `{ "channels": [<name>, …] }` says later what the verdict `reset` says: events of these channels were lost, up to here.',
  async () => {
    const log = createUnsteadyLog()
    const { hub, follow } = await serveChannels(lossy, { log })
    const { next } = await follow('channel=mute&channel=news')
    log.isCut = true
    await hub.to('mute', 'news').data(1)
    log.isCut = false
    expect(await next()).toEqual({ event: 'sse.reset', data: { channels: ['mute'] } })
    // What the other missed is kept, and was read.
    expect(await next()).toMatchObject({ event: 'news#message', data: 1 })
    await hub.to('mute').data(2)
    expect(await next()).toMatchObject({ event: 'mute#message', data: 2 })
  },
)

sentence('8.4', "If it carries an id, that is the reader's new base.", async () => {
  const { hub, follow } = await serveChannels({ news: { overflow: 'drop' } }, { limits: { maxBufferSize: 1_000 } })
  const { next } = await follow('channel=news')
  const large = 'x'.repeat(500_000)
  let id: string | undefined
  while (hub.inspect().counters.dropped === 0) ({ id } = await hub.to('news').data(large))
  let event = await next()
  while (event?.event === 'message') event = await next()
  expect(event).toEqual({ event: 'sse.reset', data: { channels: ['news'] }, id })
  const { hello } = await follow('channel=news', { 'last-event-id': event?.id ?? '' })
  expect(hello.channels).toEqual({ news: 'resumed' })
})

const jobs = { ':job': { terminal: ['done' as const] } }

sentence('8.5', 'A channel is over while its last event is one of those that its server calls terminal;', async () => {
  const { hub, follow } = await serveChannels(jobs)
  const isOver = async () => {
    const { until } = await follow('v=1&channel=a&channel=b')
    await hub.to('b').data(1)
    return (await until('b#message')).some(({ event }) => event === 'sse.end')
  }
  await hub.to('a').data(1)
  expect(await isOver()).toBe(false)
  await hub.to('a').send('done', 2)
  expect(await isOver()).toBe(true)
  await hub.to('a').data(3)
  expect(await isOver()).toBe(false)
})

sentence('8.5', 'whoever comes late gets that event too, as in 8.3.', async () => {
  const { hub, follow } = await serveChannels(jobs)
  await hub.to('a').send('done', 1)
  expect(await (await follow('channel=a')).next()).toEqual({ event: 'done', data: 1 })
})

sentence(
  '8.5',
  '`sse.end` `{ "channels": [<name>, …] }` tells a reader that channels are over and out of its set.',
  async () => {
    const { hub, follow } = await serveChannels(jobs)
    for (const query of ['channel=a&channel=b', 'v=1&channel=a&channel=b']) {
      const { next } = await follow(query)
      await hub.to('a').send('done', 1)
      expect(await next()).toMatchObject({ event: 'a#done' })
      expect(await next()).toEqual({ event: 'sse.end', data: { channels: ['a'] } })
      await hub.to('a', 'b').data(2)
      expect(await next()).toMatchObject({ event: 'b#message' })
    }
  },
)

sentence(
  '8.5',
  "A plain reader's response ends, with `sse.bye` `complete`, when all of its channels are over;",
  async () => {
    const { hub, follow } = await serveChannels(jobs)
    const { rest } = await follow('channel=a&channel=b')
    await hub.to('a').send('done', 1)
    await hub.to('b').send('done', 2)
    expect((await rest()).at(-1)).toEqual({ event: 'sse.bye', data: { reason: 'complete' } })
    const late = await (await follow('channel=a&channel=b')).rest()
    expect(late.at(-1)).toEqual({ event: 'sse.bye', data: { reason: 'complete' } })
  },
)

sentence('8.5', 'if it comes back for them from there, it gets 204.', async () => {
  const { hub, ask } = await serveChannels(jobs)
  const ids = []
  for (const name of ['a', 'b']) ids.push((await hub.to(name).send('done', 1)).id)
  const statusAt = async (id = '') => (await ask('channel=a&channel=b', { 'last-event-id': id })).status
  expect(await statusAt(ids[1])).toBe(204)
  expect(await statusAt(ids[0])).toBe(200)
})
