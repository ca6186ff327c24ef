import { createEventStream, eventTypes } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { serveByTRPC } from './servers/trpc.ts'
import { PATIENCE, startJournal } from './startJournal.ts'

/** Asks for the subscription, as tRPC's own client does. */
function subscription(order = '42'): string {
  return `/changed?${new URLSearchParams({ input: JSON.stringify({ order }) })}`
}

const isLast = ({ event }: { event: string }) => event === 'return' || event === 'serialized-error'

/** What a handler sees: pings come as often as they like. */
const withoutPings = (log: readonly string[]) => log.filter((entry) => entry !== 'ping:')

describe('a server made with tRPC, read by the client,', { timeout: 15_000 }, () => {
  it('hands out what a subscription yields, typed and with the IDs that it tracks, up to its `return`', async () => {
    const { journal, origin, signal } = await startJournal(serveByTRPC)
    const received: [status: string, id: string][] = []
    const settings: unknown[] = []
    const closed = Promise.withResolvers<string>()
    const stream = createEventStream(origin + subscription(), {
      events: eventTypes<{
        message: { status: string }
        connected: { reconnectAfterInactivityMs?: number }
        ping: ''
        return: ''
      }>(),
      signal,
      until: isLast,
      on: {
        message: ({ status }, { id }) => void received.push([status, id]),
        connected: (data) => void settings.push(data),
      },
      onClose: closed.resolve,
    })
    journal.record('paid', 'packed')
    await vi.waitFor(() => expect(received).toHaveLength(2), PATIENCE)
    journal.record('delivered')
    journal.close()
    expect(await closed.promise).toBe('complete')
    expect(received).toEqual([
      ['paid', '1'],
      ['packed', '2'],
      ['delivered', '3'],
    ])
    expect(settings).toEqual([{ reconnectAfterInactivityMs: 5000 }])
    expect(stream.error).toBeUndefined()
  })

  it('is resumed from the ID that was tracked last, and nothing is missed or doubled', async () => {
    const { journal, follow, cut, requests } = await startJournal(serveByTRPC)
    const { log, until } = follow(subscription(), { until: isLast })
    journal.record('paid', 'packed')
    await until('message:{"status":"packed"}')
    cut()
    await until('error')
    journal.record('shipped', 'delivered')
    journal.close()
    await until('close')
    expect(withoutPings(log).filter((entry) => !entry.startsWith('connected'))).toEqual([
      'open',
      'message:{"status":"paid"}',
      'message:{"status":"packed"}',
      'error:network',
      'open',
      'message:{"status":"shipped"}',
      'message:{"status":"delivered"}',
      'return:',
      'close:complete',
    ])
    expect(requests[1]?.headers['last-event-id']).toBe('2')
  })

  it('keeps its position where it yields something untracked in between', async () => {
    const { journal, follow } = await startJournal(serveByTRPC)
    const ids: string[] = []
    const { stream, until } = follow(subscription(), {
      until: isLast,
      on: { message: (_data, { id }) => void ids.push(id) },
    })
    journal.record('paid', 'hint')
    journal.close()
    await until('close')
    expect(ids).toEqual(['1', ''])
    expect(stream.lastEventId).toBe('1')
  })

  it('starts from the position that it is given', async () => {
    const { journal, follow } = await startJournal(serveByTRPC)
    journal.record('paid', 'packed', 'delivered')
    journal.close()
    const { log, until } = follow(subscription(), { lastEventId: '2', until: isLast })
    await until('close')
    expect(withoutPings(log).slice(2)).toEqual(['message:{"status":"delivered"}', 'return:', 'close:complete'])
  })

  it('pings by events of that name, which keep the connection and change nothing where `events` has no schema for them', async () => {
    const { journal, origin, signal } = await startJournal(serveByTRPC)
    const unknown: string[] = []
    const stream = createEventStream(origin + subscription(), {
      events: { message: z.object({ status: z.string() }) },
      signal,
      heartbeat: 400,
      recent: 10,
      onUnknownEvent: ({ event }) => void unknown.push(event),
    })
    journal.record('paid')
    await vi.waitFor(() => expect(unknown.length).toBeGreaterThan(50), PATIENCE)
    expect(new Set(unknown)).toEqual(new Set(['connected', 'ping']))
    expect(stream).toMatchObject({ status: 'open', attempt: 0, data: { status: 'paid' } })
    expect(stream.recent).toHaveLength(1)
  })

  it('says by an event what is wrong with a subscription', async () => {
    const { follow } = await startJournal(serveByTRPC)
    const { stream, log, until } = follow(subscription('7'), { until: isLast })
    await until('close')
    expect(withoutPings(log)).toEqual([
      'open',
      expect.stringMatching(/^connected:/),
      expect.stringMatching(/^serialized-error:.*There is no such order/),
      'close:complete',
    ])
    expect(stream.data).toMatchObject({ data: { code: 'NOT_FOUND', httpStatus: 404 } })
  })
  it('answers with the status 404 where it has no such subscription', async () => {
    const { follow } = await startJournal(serveByTRPC)
    const { stream, log, until } = follow('/removed')
    await until('close')
    expect(log).toEqual(['error:http-status', 'close:fatal'])
    expect(stream.error?.status).toBe(404)
  })
})
