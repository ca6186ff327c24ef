import { expect } from 'vitest'
import type { WireReader } from './readWire.ts'
import { serveChannels } from './serveChannels.ts'
import { createUnsteadyLog } from './unsteadyLog.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(11)

/** More than a reader is sent that takes nothing, whatever the system between has room for. */
const large = 'x'.repeat(500_000)
const limits = { maxBufferSize: 1_000 }

sentence('11.1', "An event leaves on all of a channel's readers in the order of its seq.", async () => {
  const { hub, follow } = await serveChannels({ ':a': undefined })
  const readers = [
    await follow('channel=a'),
    await follow('channel=a&channel=b'),
    await follow('v=1&channel=a'),
    await follow('v=1&channel=b&channel=a'),
  ]
  const published = Array.from({ length: 100 }, (_, data) => hub.to('a').data(data))
  const ids = (await Promise.all(published)).map(({ id }) => id)
  for (const { next } of readers) {
    for (const id of ids) expect(await next()).toMatchObject({ id })
  }
})

sentence(
  '11.1',
  'One that the server itself learns of late, after events of other channels that are beyond it, goes without an `id` where a response has one beyond it already.',
  async () => {
    const log = createUnsteadyLog()
    const { hub, follow } = await serveChannels({ ':a': undefined }, { log })
    const both = await follow('channel=a&channel=b')
    const one = await follow('channel=a')
    log.lost.add('a')
    const { id: late } = await hub.to('a').data('late')
    log.lost.delete('a')
    const { id: beyond } = await hub.to('b').data('beyond')
    // By its successor, the server learns of it.
    const { id: next } = await hub.to('a').data('next')
    expect(await both.next()).toEqual({ event: 'b#message', data: 'beyond', id: beyond })
    expect(await both.next()).toEqual({ event: 'a#message', data: 'late' })
    expect(await both.next()).toEqual({ event: 'a#message', data: 'next', id: next })
    expect(await one.next()).toEqual({ event: 'message', data: 'late', id: late })
    expect(await one.next()).toEqual({ event: 'message', data: 'next', id: next })
  },
)

sentence(
  '11.2',
  'An event may exclude origins and identities: they do not get it, be it live, replayed or retained.',
  async () => {
    const { hub, follow } = await serveChannels(
      { ':a': { retain: 'last' } },
      { context: (request) => request.headers.get('authorization'), identify: (context) => context as string },
    )
    const first = await hub.to('news').data('first')
    const headers = { authorization: 'ann' }
    const left = () => [
      follow(`v=1&channel=news&origin=tab&lastEventId=${first.id}`),
      follow(`channel=news&lastEventId=${first.id}`, headers),
    ]
    const live = await Promise.all(left())
    await hub.to('news').except({ identity: 'ann' }, { origin: 'tab' }).data('for others')
    const replayed = await Promise.all(left())
    const retained = await Promise.all([follow('v=1&channel=news&origin=tab'), follow('channel=news', headers)])
    const other = await follow('v=1&channel=news&origin=other')
    await hub.to('news').data('for all')
    for (const { next } of [...live, ...replayed, ...retained]) expect(await next()).toMatchObject({ data: 'for all' })
    for (const data of ['for others', 'for all']) expect(await other.next()).toMatchObject({ data })
  },
)

sentence('11.3', 'A reader that is too slow is disconnected, and resumes;', async () => {
  const history = { maxBytes: Infinity }
  const { hub, follow } = await serveChannels({ news: { history } }, { limits, onError: () => {} })
  const slow = await follow('channel=news')
  let count = 0
  while (hub.inspect().counters.overflowed === 0) await hub.to('news').data({ large, count: ++count })
  const taken = await takeUntilCut(slow)
  const lastEventId = taken.at(-1)?.id ?? slow.base ?? ''
  const resumed = await follow('channel=news', { 'last-event-id': lastEventId })
  expect(resumed.hello.channels).toEqual({ news: 'resumed' })
  for (let next = taken.length + 1; next <= count; next++) {
    expect(await resumed.next()).toMatchObject({ data: { count: next } })
  }
})

async function takeUntilCut({ next }: WireReader) {
  const events = []
  try {
    for (let event = await next(); event; event = await next()) events.push(event)
  } catch {
    // It was cut off amid an event.
  }
  return events
}

sentence('11.3', 'or, where its channels allow that, events are dropped and `sse.reset` says so;', async () => {
  const { hub, follow } = await serveChannels({ news: { overflow: 'drop' } }, { limits })
  const { next } = await follow('channel=news')
  let count = 0
  while (hub.inspect().counters.dropped < 3) await hub.to('news').data({ large, count: ++count })
  const taken = [await next()]
  while (taken.at(-1)?.event === 'message') taken.push(await next())
  expect(taken).toHaveLength(count - 3 + 1)
  expect(taken.at(-1)).toMatchObject({ event: 'sse.reset', data: { channels: ['news'] } })
})

sentence('11.3', 'or the older of two events with the same key gives way.', async () => {
  const overflow = { coalesce: ({ event }: { event: string }) => (event === 'price' ? 'price' : undefined) }
  const { hub, follow } = await serveChannels({ news: { overflow } })
  const { next } = await follow('channel=news')
  let count = 0
  while (hub.inspect().counters.coalesced < 3) await hub.to('news').send('price', { large, count: ++count })
  await hub.to('news').send('end', count)
  const taken = [await next()]
  while (taken.at(-1)?.event === 'price') taken.push(await next())
  expect(taken).toHaveLength(count - 3 + 1)
  expect(taken.at(-2)).toMatchObject({ event: 'price', data: { count } })
})

untested(
  '11.2',
  'what a reader does',
  'So that a client need not hear of its own changes, it MAY send its origin as `Tidewire-Origin` with the requests that make them.',
)
