import { expect } from 'vitest'
import { BRIEF } from '../application/hubs.ts'
import type { BodyReader } from '../bodyReader.ts'
import type { Visit, Visited } from '../visit.ts'
import type { Case } from './case.ts'

/** How many large events are published at a time for a slow reader, and how often at most: more than what sockets buffer. */
const BATCH = 32
const BATCHES = 80

interface HubEvent {
  event: string
  id: string | undefined
  data: unknown
}

/** Reads the next event. What has no data, such as a heartbeat, is none. */
async function nextEvent(reader: BodyReader): Promise<HubEvent> {
  for (;;) {
    const block = await reader.until('\n\n')
    const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1]
    const data = field('data')
    if (data !== undefined) return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) }
  }
}

/** Follows a channel. Resolves with what its hello says. */
async function follow(
  visit: Visit,
  channel: string,
  { lastEventId, ...query }: { lastEventId?: string; v?: string } = {},
): Promise<Visited & { verdict: string; connection: string }> {
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }
  const visited = await visit.open('hub', { query: { channel, ...query }, headers })
  expect(visited.status).toBe(200)
  const { event, data } = await nextEvent(visited.reader)
  expect(event).toBe('sse.hello')
  const { channels, connection } = data as { channels: Record<string, string>; connection: string }
  return { ...visited, connection, verdict: channels[channel] ?? '' }
}

function publish(visit: Visit, from: number, to: number, query?: Record<string, string>): Promise<unknown> {
  return visit.order('publish', { from: String(from), to: String(to), ...query })
}

async function leave(visit: Visit, reader: Visited): Promise<void> {
  reader.leave()
  await visit.sees(({ readers }) => readers === 0)
}

export const hubCases: Case[] = [
  {
    title: 'a hub says hello, with the headers of a stream',
    async run(visit) {
      const { headers, verdict } = await follow(visit, 'news')
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      })
      expect(verdict).toBe('fresh')
    },
  },
  {
    title: 'each event of a hub arrives before the next is published, at all of its readers',
    async run(visit) {
      const readers = [await follow(visit, 'news'), await follow(visit, 'news')]
      for (let number = 1; number <= 3; number++) {
        const ids = await publish(visit, number, number)
        for (const { reader } of readers) {
          expect([await nextEvent(reader)]).toEqual(
            (ids as string[]).map((id) => ({ event: 'message', id, data: number })),
          )
        }
      }
    },
  },
  {
    title: 'a hub has for a reader that comes back all that it missed',
    async run(visit) {
      const first = await follow(visit, 'news')
      await publish(visit, 1, 3)
      const { id } = await nextEvent(first.reader)
      await leave(visit, first)
      await publish(visit, 4, 5)
      const { reader, verdict } = await follow(visit, 'news', { lastEventId: id! })
      expect(verdict).toBe('resumed')
      await publish(visit, 6, 6)
      for (const number of [2, 3, 4, 5, 6]) expect(await nextEvent(reader)).toMatchObject({ data: number })
    },
  },
  {
    title: 'a hub says when a part of what a reader missed is gone, and sends nothing of the rest',
    async run(visit) {
      const first = await follow(visit, 'brief')
      await publish(visit, 0, 0, { channel: 'brief' })
      const { id } = await nextEvent(first.reader)
      await leave(visit, first)
      await publish(visit, 1, BRIEF + 1, { channel: 'brief' })
      const { reader, verdict } = await follow(visit, 'brief', { lastEventId: id! })
      expect(verdict).toBe('reset')
      await publish(visit, 100, 100, { channel: 'brief' })
      expect(await nextEvent(reader)).toMatchObject({ data: 100 })
    },
  },
  {
    title: 'a hub refuses with a real status',
    async run(visit) {
      for (const [channel, status] of Object.entries({ secret: 403, unknown: 404, 'a#b': 400 })) {
        const refused = await visit.open('hub', { query: { channel } })
        expect(refused.status).toBe(status)
        expect(await refused.reader.rest()).toContain(channel)
      }
    },
  },
  {
    title: 'a reader of a hub changes what it follows',
    async run(visit) {
      const { reader, connection } = await follow(visit, 'news', { v: '1' })
      const change = async (rev: number, channels: Record<string, null>) => {
        const body = JSON.stringify({ connection, rev, channels })
        const headers = { 'Content-Type': 'application/json' }
        const changed = await visit.open('hub', { method: 'POST', headers, body })
        await changed.reader.rest()
        return changed.status
      }
      expect(await change(1, { weather: null, secret: null })).toBe(204)
      const told = [await nextEvent(reader), await nextEvent(reader)]
      expect(told).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ event: 'sse.denied', data: { channels: ['secret'], rev: 1 } }),
          expect.objectContaining({ event: 'sse.live' }),
        ]),
      )
      await publish(visit, 1, 1, { channel: 'news' })
      await publish(visit, 2, 2, { channel: 'weather' })
      expect(await nextEvent(reader)).toMatchObject({ event: 'weather#message', data: 2 })
      expect(await change(1, {})).toBe(204)
      await publish(visit, 3, 3, { channel: 'weather' })
      expect(await nextEvent(reader)).toMatchObject({ event: 'weather#message', data: 3 })
    },
  },
  {
    title: 'a reader that leaves a hub is forgotten, and no other',
    async run(visit) {
      const [staying, leaving] = [await follow(visit, 'news'), await follow(visit, 'news')]
      await visit.sees(({ readers }) => readers === 2)
      leaving.leave()
      await visit.sees(({ readers }) => readers === 1)
      await publish(visit, 1, 1)
      expect(await nextEvent(staying.reader)).toMatchObject({ data: 1 })
      staying.vanish()
      expect(await visit.sees(({ readers }) => readers === 0)).toMatchObject({ errors: [] })
    },
  },
  {
    title: 'a hub cuts off a reader that is too slow, and no other waits for it',
    async run(visit) {
      const slow = await follow(visit, 'news')
      const { reader } = await follow(visit, 'news')
      let last = 0
      let state = await visit.state()
      while (state.readers === 2 && last < BATCH * BATCHES) {
        await publish(visit, last + 1, last + BATCH, { isLarge: '' })
        for (const end = last + BATCH; last < end; last++) {
          const { data } = await nextEvent(reader)
          expect((data as string).startsWith(`${last + 1} `)).toBe(true)
        }
        state = await visit.state()
      }
      expect(state).toMatchObject({ readers: 1, errors: ['overflow: overflow'] })
      const [taken] = await Promise.allSettled([slow.reader.rest()])
      expect(taken.status === 'fulfilled' && taken.value.includes(`data: "${last} `)).toBe(false)
    },
  },
  {
    title: 'a hub that is drained says so to its readers, and lets nobody in any more',
    async run(visit) {
      const readers = [await follow(visit, 'news'), await follow(visit, 'weather')]
      const drained = visit.order('drain')
      for (const { reader } of readers) {
        expect(await reader.rest()).toMatch(/^retry: 0\n\nevent: sse\.bye\ndata: \{"reason":"drain"\}\n\n$/m)
      }
      await drained
      const refused = await visit.open('hub', { query: { channel: 'news' } })
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } })
      await refused.reader.rest()
    },
  },
]
