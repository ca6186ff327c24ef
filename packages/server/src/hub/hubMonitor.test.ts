import { expect, it } from 'vitest'
import { get, join, post, useHub } from '../../test/hubReader.ts'
import { parseStrictly } from '../../test/strictParser.ts'
import { serveHub } from '../../test/serveHub.ts'
import type { SSEHubCounters } from '../index.ts'

/** A hub on a real server, and what it has counted since it was last asked. */
async function useCounted() {
  const { hub } = useHub({}, 'a', 'b')
  hub.channel('secret', () => false)
  let before: SSEHubCounters = hub.inspect().counters
  const counted = () => {
    const now = hub.inspect().counters
    const changed = Object.entries(now).filter(([name, count]) => count !== before[name as 'opened'])
    const was = before
    before = now
    return Object.fromEntries(
      changed.flatMap(([name, count]) =>
        typeof count === 'number' ? [[name, count - (was[name as 'opened'] ?? 0)]] : [],
      ),
    )
  }
  return { hub, counted, served: await serveHub(hub) }
}

it('counts readers by what became of their channels', async () => {
  const { hub, counted, served } = await useCounted()
  const first = await join(served, '?v=1&fresh=a&fresh=b&fresh=secret')
  expect(counted()).toEqual({ opened: 1, fresh: 2, denied: 1 })
  const { id } = await hub.to('a').data(1)
  await hub.to('a').data(2)
  await first.next()
  counted()
  const again = await join(served, `?channel=a`, { 'last-event-id': id })
  expect(await again.next()).toMatchObject({ data: 2 })
  expect(counted()).toEqual({ opened: 1, resumed: 1, replayed: 1 })
  await join(served, '?channel=a', { 'last-event-id': 'other.1' })
  expect(counted()).toEqual({ opened: 1, reset: 1 })
})

it('counts events once when they are published, and once for each reader that they are for', async () => {
  const { hub, counted, served } = await useCounted()
  const readers = [await join(served, '?channel=a'), await join(served, '?channel=a'), await join(served, '?channel=b')]
  const left = await join(served, '?v=1&fresh=a&origin=tab-1')
  counted()
  await hub.to('a', 'b').except('tab-1').data(1)
  await Promise.all(readers.map((reader) => reader.next()))
  expect(counted()).toEqual({ published: 2, delivered: 3 })
  await hub.to('a').data(2)
  await left.next()
  expect(counted()).toEqual({ published: 1, delivered: 3 })
})

it('counts refusals by their status', async () => {
  const { hub, served } = await useCounted()
  for (const query of ['?channel=secret', '?channel=secret', '?channel=nowhere', '?channel=']) await get(served, query)
  const { refused, refusedByStatus } = hub.inspect().counters
  expect(refused).toBe(4)
  expect(refusedByStatus).toEqual({ 400: 1, 403: 2, 404: 1 })
})

it('counts what readers may not have any more, and those that left', async () => {
  const { hub, counted, served } = await useCounted()
  const reader = await join(served, '?v=1&fresh=a')
  await post(hub, { connection: reader.hello.connection, rev: 1, channels: { a: null, secret: null, b: null } })
  await reader.next()
  await reader.next()
  counted()
  hub.revoke('a')
  expect(counted()).toEqual({ revoked: 1 })
  hub.disconnect({ id: reader.hello.connection })
  expect(parseStrictly((await reader.rest(), reader.text())).events.at(-1)?.type).toBe('sse.bye')
  expect(counted()).toEqual({ closed: 1 })
})

it('hands out counters that stay as they are', async () => {
  const { hub, served } = await useCounted()
  const { counters } = hub.inspect()
  await get(served, '?channel=nowhere')
  expect(counters).toMatchObject({ refused: 0, refusedByStatus: {} })
})
