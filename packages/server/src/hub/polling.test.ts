import { expect, it, vi } from 'vitest'
import { createHangingLog } from '../../test/hangingLog.ts'
import { type Fetch, get, join, open, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'
import { Farewells } from './farewells.ts'

/** Polls once, and reads all that is answered. */
async function poll(hub: { fetch: Fetch }, query: string, lastEventId = '') {
  const reader = await join(hub, `${query}&poll`, lastEventId ? { 'last-event-id': lastEventId } : {})
  const events = await reader.rest()
  const ids = [...reader.text().matchAll(/^id: (.+)$/gm)].map(([, id]) => id)
  return { ...reader, events, position: ids.at(-1) ?? lastEventId }
}

it('brings every event once, in order, over any number of polls', async () => {
  const { hub } = useHub({}, ':a')
  let { position } = await poll(hub, '?channel=a&channel=b')
  const got: unknown[] = []
  for (let round = 0; round < 20; round++) {
    for (let n = 0; n < round * 5; n++) await hub.to(n % 2 ? 'a' : 'b').data([round, n])
    const polled = await poll(hub, '?channel=a&channel=b', position)
    ;({ position } = polled)
    got.push(...polled.events.map(({ data }) => data))
  }
  expect(got).toEqual(
    Array.from({ length: 20 }, (_, round) => Array.from({ length: round * 5 }, (_, n) => [round, n])).flat(),
  )
})

it('brings nothing that is beyond what is yet to come', async () => {
  const log = createHangingLog()
  const { hub } = useHub({ log }, 'a', 'b')
  // The feed follows only one of the two.
  await join(hub, '?channel=a')
  const { id } = await hub.to('b').data(1)
  await hub.to('b').data(2)
  const release = log.hang('read')
  const polled = poll(hub, '?channel=a&channel=b', id)
  await vi.waitFor(() => expect(hub.connectionCount).toBe(2))
  await turn()
  for (const name of ['b', 'a', 'b']) await hub.to(name).data(name)
  release()
  const { events, position } = await polled
  const { events: rest } = await poll(hub, '?channel=a&channel=b', position)
  expect([...events, ...rest].map(({ data }) => data)).toEqual([2, 'b', 'a', 'b'])
})

it('asks nothing of the feed', async () => {
  const log = createHangingLog()
  const { hub } = useHub({ log }, 'a')
  log.hang('follow')
  const { position } = await poll(hub, '?channel=a')
  await hub.to('a').data(1)
  expect((await poll(hub, '?channel=a', position)).events).toMatchObject([{ data: 1 }])
  expect(hub.activeChannels).toEqual([])
})

it('brings more than one page of the log, at the pace of its reader', async () => {
  const { hub } = useHub({}, 'a')
  const { position } = await poll(hub, '?channel=a')
  const PAD = 'x'.repeat(2_000)
  for (let n = 0; n < 300; n++) await hub.to('a').data({ n, PAD })
  const reader = await join(hub, '?channel=a&poll', { 'last-event-id': position })
  for (let count = 0; count < 10; count++) await turn()
  expect(hub.inspect().bufferedSize).toBeGreaterThan(50_000)
  expect(hub.inspect().bufferedSize).toBeLessThan(70_000)
  const events = await reader.rest()
  expect(events.map(({ data }) => (data as { n: number }).n)).toEqual(Array.from({ length: 300 }, (_, n) => n))
})

it('leaves out what is not for its reader, and goes on behind it', async () => {
  const { hub } = useHub({}, 'a')
  const { position } = await poll(hub, '?channel=a')
  const { id } = await hub.to('a').except({ origin: 'mine' }).data(1)
  const polled = await poll(hub, '?v=1&origin=mine&channel=a', position)
  expect(polled.events).toEqual([])
  expect(polled.position).toBe(id)
})

it.for([
  ['?v=1&channel=a&channel=b&poll', { event: 'sse.hello', data: { channels: { a: 'denied', b: 'resumed' } } }],
  ['?channel=a&poll', { event: 'sse.bye', data: { reason: 'revoked' } }],
] as const)('says where the right is lost meanwhile: %s', async ([query, expected]) => {
  const log = createHangingLog()
  const { hub } = useHub({ log }, 'a', 'b')
  const { id } = await hub.to('a').data(1)
  await hub.to('a').data('secret')
  const release = log.hang('read')
  const reader = await open(hub, query, { 'last-event-id': id })
  const rest = reader.rest()
  await vi.waitFor(() => expect(hub.subscriberCount('a')).toBe(1))
  hub.revoke('a')
  release()
  expect(await rest).toMatchObject([expected])
})

it('ends with an error where the log fails, and without a position', async () => {
  const log = createHangingLog()
  const { hub, errors } = useHub({ log }, 'a')
  log.head = () => Promise.reject(new Error('gone'))
  const reader = await open(hub, '?channel=a&poll')
  expect(await reader.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'error', code: 'unavailable' } }])
  expect(reader.text()).not.toContain('id:')
  expect(errors).toMatchObject([['log', { code: 'log' }]])
})

it('is refused while the hub is shut', async () => {
  const { hub } = useHub({}, 'a')
  await hub.drain({ over: 0 })
  expect((await get(hub, '?channel=a&poll')).status).toBe(503)
})

it('may take its time to read the end of a long answer', () => {
  vi.useFakeTimers()
  const cutOff = vi.fn()
  const farewells = new Farewells()
  farewells.add({ cutOff }, new Promise(() => {}), 30_000)
  vi.advanceTimersByTime(29_999)
  expect(cutOff).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(cutOff).toHaveBeenCalledOnce()
  vi.useRealTimers()
})
