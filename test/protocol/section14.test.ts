import type { SSEHub } from '@tidewire/server'
import { expect } from 'vitest'
import { type ServedHub, serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(14)

const anything = { ':a': undefined }

/** Polls, from behind `sse.hello` to the end. */
async function poll({ follow }: ServedHub, query: string, lastEventId = '') {
  const { hello, base, frame } = await follow(`${query}&poll`, lastEventId ? { 'last-event-id': lastEventId } : {})
  const frames = []
  for (let read = await frame(); read; read = await frame()) frames.push(read)
  const ids = [base, ...frames.map(({ id }) => id)].filter((id) => id !== undefined)
  const events = frames.flatMap(({ event, data }) => (event === undefined ? [] : [{ event, data }]))
  return { hello, frames, events, position: ids.at(-1) ?? lastEventId }
}

async function publish(hub: SSEHub, name: string, ...payloads: unknown[]): Promise<string[]> {
  const ids = []
  for (const data of payloads) ids.push((await hub.to(name).data(data)).id)
  return ids
}

untested(
  '14.1',
  'what a reader does',
  'A reader whom a stream does not reach, as what stands in between holds a response back until its end, MAY poll.',
)

sentence('14.1', 'It asks as in 6 and 7.4, by GET, with `poll` in the query too.', async () => {
  const served = await serveChannels(anything)
  const [first] = await publish(served.hub, 'a', 1, 2)
  await publish(served.hub, 'b', 3)
  const plain = await poll(served, 'channel=a', first)
  expect(plain.events).toEqual([{ event: 'message', data: 2 }])
  const managed = await poll(served, `v=1&since=${first}:a&fresh=b`)
  expect(managed.events).toEqual([{ event: 'a#message', data: 2 }])
  expect(managed.hello.channels).toEqual({ a: 'resumed', b: 'fresh' })
})

sentence(
  '14.1',
  'The answer is that to any other reader, up to where it would be live: `sse.hello`, retained values, and what the reader missed.',
  async () => {
    const served = await serveChannels({ last: { retain: 'last' }, short: { history: { maxEvents: 1 } }, ...anything })
    const { hub, follow } = served
    const [id = ''] = await publish(hub, 'a', 1)
    await publish(hub, 'a', 2, 3)
    await publish(hub, 'last', 4)
    await publish(hub, 'short', 5, 6)
    const query = `v=1&since=${id}:a&fresh=last&since=${id}:short&channel=b&channel=not/declared`
    const streamed = await follow(query, { 'last-event-id': id })
    await publish(hub, 'b', 7)
    const expected = await streamed.until('b#message')
    const polled = await poll(served, query, id)
    expect(polled.events).toEqual(expected.map(({ event, data }) => ({ event, data })))
    expect(polled.events).toHaveLength(4)
    expect(polled.hello.channels).toEqual(streamed.hello.channels)
    expect(polled.hello.channels).toMatchObject({ short: 'reset', 'not/declared': 'denied' })
  },
)

sentence('14.1', 'It ends as soon as all up to `cursor` was sent, without `sse.bye`.', async () => {
  const served = await serveChannels(anything)
  const payloads = Array.from({ length: 50 }, (_, n) => n)
  const [first, ...others] = await publish(served.hub, 'a', ...payloads)
  const { hello, frames } = await poll(served, 'channel=a', first)
  expect(frames).toEqual(others.map((id, index) => ({ event: 'message', data: index + 1, id, retry: undefined })))
  expect(hello.cursor).toBe(others.at(-1))
  expect((await poll(served, 'channel=a', hello.cursor)).frames).toEqual([])
})

sentence('14.2', '`sse.hello` has no `connection` here: the set cannot be changed but by the next poll.', async () => {
  const served = await serveChannels(anything)
  for (const query of ['channel=a', 'v=1&fresh=a']) {
    const { hello } = await poll(served, query)
    expect(Object.keys(hello)).toEqual(['v', 'heartbeat', 'cursor', 'channels'])
  }
})

sentence(
  '14.2',
  'Where the last position that was sent is not `cursor`, `cursor` is sent as an id without an event before the end, so that the next poll goes on from there.',
  async () => {
    const served = await serveChannels({ ':a': { history: { maxEvents: 1 } } })
    const { hub } = served
    const [position = ''] = await publish(hub, 'a', 1)
    await publish(hub, 'b', 2, 3, 4)
    const quiet = await poll(served, 'channel=a', position)
    expect(quiet.frames).toEqual([{ event: undefined, data: undefined, id: quiet.hello.cursor, retry: undefined }])
    await publish(hub, 'a', 5)
    await publish(hub, 'b', 6)
    const next = await poll(served, 'channel=a', quiet.position)
    expect(next.hello.channels).toEqual({ a: 'resumed' })
    expect(next.events).toEqual([{ event: 'message', data: 5 }])
    expect(next.position).toBe(next.hello.cursor)
  },
)

sentence('14.3', 'Every poll is a request of its own. The server MUST decide about each channel again;', async () => {
  let isAllowed = true
  const served = await serveChannels({ a: () => isAllowed, b: undefined })
  const { position } = await poll(served, 'v=1&fresh=a&fresh=b')
  await publish(served.hub, 'a', 'secret')
  isAllowed = false
  const { hello, events } = await poll(served, 'v=1&channel=a&channel=b', position)
  expect(hello.channels).toEqual({ a: 'denied', b: 'resumed' })
  expect(events).toEqual([])
  expect((await served.ask('channel=a&poll')).status).toBe(403)
})

sentence(
  '14.3',
  '8.5 and section 10 hold, and where the answer ends by one of these it says so by `sse.bye`.',
  async () => {
    const served = await serveChannels({ ':job': { terminal: ['done'] } })
    const { hub, ask } = served
    const [id = ''] = await publish(hub, 'a', 1)
    await hub.to('a').send('done', 2)
    const plain = await poll(served, 'channel=a', id)
    expect(plain.events).toEqual([
      { event: 'done', data: 2 },
      { event: 'sse.end', data: { channels: ['a'] } },
      { event: 'sse.bye', data: { reason: 'complete' } },
    ])
    expect((await ask('channel=a&poll', { 'last-event-id': plain.position })).status).toBe(204)
    const managed = await poll(served, `v=1&since=${id}:a&fresh=b`)
    expect(managed.events).toEqual([
      { event: 'a#done', data: 2 },
      { event: 'sse.end', data: { channels: ['a'] } },
    ])
  },
)

sentence('14.3', 'No cache may keep an answer: the server MUST send `Cache-Control: no-store`.', async () => {
  const { ask } = await serveChannels(anything)
  for (const query of ['channel=a&poll', 'poll=1&v=1&fresh=a']) {
    const response = await ask(query)
    expect(response.headers.get('cache-control')).toMatch(/\bno-store\b/)
    await response.text()
  }
})

sentence('14.4', 'Who polls is a reader only until the answer ends, and takes no place in between.', async () => {
  const served = await serveChannels(anything, { limits: { maxConnections: 1 } })
  for (let round = 0; round < 3; round++) {
    await poll(served, 'channel=a')
    expect(served.hub.connectionCount).toBe(0)
  }
  await served.follow('channel=a')
  expect((await served.ask('channel=a&poll')).status).toBe(503)
})

sentence('14.4', 'It is no member (13), is shown to nobody and is shown nobody.', async () => {
  const served = await serveChannels({ room: { presence: true } })
  const { next } = await served.follow('v=1&fresh=room&origin=one')
  expect(await next()).toMatchObject({ event: 'sse.presence', data: { count: 1 } })
  const { events } = await poll(served, 'v=1&fresh=room&origin=two')
  expect(events).toEqual([])
  await publish(served.hub, 'room', 1)
  expect(await next()).toMatchObject({ event: 'room#message' })
  expect(await served.hub.presence('room')).toHaveLength(1)
})

sentence('14.4', 'It does not count as a reader for whatever a server does only while a channel has one.', async () => {
  const runs: unknown[] = []
  async function* source({ params }: { params: unknown }) {
    runs.push(params)
    yield { data: 1 }
  }
  const served = await serveChannels({ ':a': { source } })
  await poll(served, 'channel=polled')
  const { next } = await served.follow('channel=streamed')
  expect(await next()).toMatchObject({ data: 1 })
  expect(runs).toEqual([{ a: 'streamed' }])
})

untested(
  '14.5',
  'what a reader does',
  'An answer whose first event is neither `sse.hello` nor `sse.bye` is that of a server that offers no polling: the reader MUST NOT take anything from it, and goes back to streams. It waits between two polls, not exactly as long as others do, and at least what the last `retry:` said. It SHOULD try a stream again from time to time.',
)
