import { afterEach, describe, expect, it, vi } from 'vitest'
import { join, useHub } from '../../test/hubReader.ts'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { turn } from '../../test/readStream.ts'
import { createMemoryLog, type SSEHubOptions, type SSELog } from '../index.ts'

useFakeTimers()

const open: { close(): Promise<void> }[] = []
// Before it is proven that no timer is left.
afterEach(() => Promise.all(open.splice(0).map((hub) => hub.close())))

/** A log in memory whose feed loses what it is told to, without a word. */
function createLossyLog() {
  const memory = createMemoryLog()
  const log = {
    /** The channels of which events are lost. */
    lost: new Set<string>(),
    append: vi.fn<SSELog['append']>((drafts, key) => memory.append(drafts, key)),
    head: vi.fn<SSELog['head']>(() => memory.head()),
    read: vi.fn<SSELog['read']>((after, limit) => memory.read(after, limit)),
    last: vi.fn<SSELog['last']>((channels) => memory.last(channels)),
    attach: (listener: Parameters<SSELog['attach']>[0]) =>
      memory.attach({
        onEntries: (entries) => listener.onEntries(entries.filter(({ channel }) => !log.lost.has(channel))),
        onLapse: () => listener.onLapse(),
        onEpoch: (epoch) => listener.onEpoch(epoch),
        onError: (error) => listener.onError(error),
      }),
    close: () => memory.close(),
  }
  return log
}

/** A hub on such a log, whose readers have a heartbeat every ten seconds. */
function useLossy(options: SSEHubOptions = {}, ...patterns: string[]) {
  const log = createLossyLog()
  const { hub, errors } = useHub({ heartbeat: 10_000, ...options, log }, ...patterns)
  open.push(hub)
  /** Publishes what the feed does not bring. */
  const lose = async (channel: string, data: unknown) => {
    log.lost.add(channel)
    const { id } = await hub.to(channel).data(data)
    log.lost.delete(channel)
    return id
  }
  return { hub, errors, log, lose }
}

/** Lets time pass, second by second, with all that happens meanwhile. */
async function wait(time: number): Promise<void> {
  for (let passed = 0; passed < time; passed += 1_000) {
    await vi.advanceTimersByTimeAsync(Math.min(1_000, time - passed))
    for (let i = 0; i < 4; i++) await turn()
  }
}

describe('a last message that the feed has lost', () => {
  it('is read from the log, with its id', async () => {
    const { hub, lose } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    const id = await lose('news', 'lost')
    await wait(30_000)
    expect(await reader.next()).toEqual({ event: 'message', data: 'lost', id })
    const { id: next } = await hub.to('news').data('next')
    expect(await reader.next()).toEqual({ event: 'message', data: 'next', id: next })
    await wait(60_000)
    await hub.to('news').data('end')
    expect(await reader.next()).toMatchObject({ data: 'end' })
  })

  it('is told as gone where the log has not kept it', async () => {
    const { hub, lose } = useLossy()
    hub.channel('news', { history: false })
    const reader = await join(hub, '?channel=news')
    await lose('news', 'lost')
    await wait(30_000)
    expect(await reader.next()).toMatchObject({ event: 'sse.reset', data: { channels: ['news'] } })
  })

  it('ends the channel, where it was a terminal one', async () => {
    const { hub, lose } = useLossy()
    hub.channel('job', { terminal: ['message'] })
    const reader = await join(hub, '?channel=job')
    const rest = reader.rest()
    await lose('job', 'done')
    await wait(30_000)
    expect(await rest).toMatchObject([{ data: 'done' }, { event: 'sse.end' }, { event: 'sse.bye' }])
  })

  it('goes without its id to those that have one beyond it, and with it to the others', async () => {
    const { hub, lose } = useLossy({ heartbeat: 60_000 }, 'a')
    hub.channel('b', { heartbeat: 5_000 })
    const both = await join(hub, '?channel=a&channel=b')
    const one = await join(hub, '?channel=a')
    const lost = await lose('a', 'lost')
    await hub.to('b').data('next')
    expect(await both.next()).toMatchObject({ event: 'b#message' })
    await wait(15_000)
    expect(await both.next()).toEqual({ event: 'a#message', data: 'lost' })
    expect(await one.next()).toEqual({ event: 'message', data: 'lost', id: lost })
    const { id } = await hub.to('a').data('end')
    expect(await both.next()).toEqual({ event: 'a#message', data: 'end', id })
    expect(await one.next()).toEqual({ event: 'message', data: 'end', id })
  })

  it('is kept from those whom it leaves out, late as it is', async () => {
    const { hub, lose, log } = useLossy({}, ':a')
    const left = await join(hub, '?v=1&channel=a&channel=b&origin=tab')
    const other = await join(hub, '?v=1&channel=a&channel=b')
    log.lost.add('a')
    await hub.to('a').except({ origin: 'tab' }).data('for others')
    log.lost.delete('a')
    await lose('a', 'for all')
    await hub.to('b').data('next')
    await wait(30_000)
    const read = async ({ next }: typeof left, count: number) => {
      const data: unknown[] = []
      while (data.length < count) data.push((await next())?.data)
      return data
    }
    expect(await read(left, 2)).toEqual(['next', 'for all'])
    expect(await read(other, 3)).toEqual(['next', 'for others', 'for all'])
    expect(hub.inspect().counters.delivered).toBe(5)
  })
})

describe('the check', () => {
  it('asks nothing where there are no readers', async () => {
    const { hub, log } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    await reader.leave()
    for (let i = 0; i < 4; i++) await turn()
    log.head.mockClear()
    await hub.to('news').data(1)
    await wait(60_000)
    expect(log.head).not.toHaveBeenCalled()
    expect(log.read).not.toHaveBeenCalled()
  })

  it('asks for the head alone where nothing was published, or all has come', async () => {
    const { hub, log } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    log.head.mockClear()
    await wait(30_000)
    await hub.to('news').data(1)
    await reader.next()
    await wait(30_000)
    expect(log.head.mock.calls.length).toBeGreaterThanOrEqual(3)
    expect(log.read).not.toHaveBeenCalled()
  })

  it('is made every five seconds at most, however many readers there are', async () => {
    const { hub, log } = useLossy({}, 'news')
    for (let i = 0; i < 20; i++) await join(hub, '?channel=news')
    log.head.mockClear()
    await wait(60_000)
    expect(log.head.mock.calls.length).toBeLessThanOrEqual(13)
    expect(log.head.mock.calls.length).toBeGreaterThanOrEqual(6)
  })

  it('asks once about a channel that is quiet while others are not, and about a thousand at a time', async () => {
    const { hub, log } = useLossy({ limits: { maxChannels: 5_000 } }, ':a')
    const names = Array.from({ length: 2_500 }, (_, index) => `c${index}`)
    await join(hub, `?${names.map((name) => `channel=${name}`).join('&')}`)
    await hub.to('other').data(1)
    await wait(60_000)
    const asked = log.read.mock.calls.map(([after]) => [...after.keys()])
    expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500])
    expect(new Set(asked.flat()).size).toBe(2_500)
    // The first are not asked about again before the last.
    await hub.to('other').data(1)
    await wait(30_000)
    expect(new Set(log.read.mock.calls.slice(3).flatMap(([after]) => [...after.keys()])).size).toBeGreaterThan(1_000)
  })

  it('takes what is under way for no loss', async () => {
    const { hub, log, lose } = useLossy({}, ':a')
    const reader = await join(hub, '?v=1&channel=a&channel=b')
    await wait(20_000)
    // It is published right before a check, which does not expect it yet.
    await lose('a', 'under way')
    log.read.mockClear()
    await wait(4_000)
    expect(log.read).not.toHaveBeenCalled()
    await wait(30_000)
    expect(await reader.next()).toMatchObject({ data: 'under way' })
  })

  it('tells of a log that fails, and goes on', async () => {
    const { hub, errors, log, lose } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    log.head.mockRejectedValueOnce(new Error('no log'))
    await wait(10_000)
    expect(errors).toMatchObject([['log', { cause: { message: 'no log' } }]])
    await lose('news', 'lost')
    await wait(30_000)
    expect(await reader.next()).toMatchObject({ data: 'lost' })
    expect(errors).toHaveLength(1)
  })

  it('tells of a log that does not answer, and asks again', async () => {
    const { hub, errors, log, lose } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    log.head.mockReturnValueOnce(new Promise(() => {}))
    await wait(30_000)
    expect(errors).toMatchObject([['log', { code: 'log' }]])
    await lose('news', 'lost')
    await wait(30_000)
    expect(await reader.next()).toMatchObject({ data: 'lost' })
  })

  it('sends readers away from a life of the log that has ended without a word', async () => {
    const { hub, log } = useLossy({}, 'news')
    const reader = await join(hub, '?channel=news')
    const rest = reader.rest()
    log.head.mockResolvedValue({ epoch: 'next', seq: 0 })
    await wait(30_000)
    expect(await rest).toMatchObject([{ event: 'sse.bye', data: { reason: 'drain' } }])
  })

  it('ends with the hub', async () => {
    const { hub, errors, log } = useLossy({}, 'news')
    await join(hub, '?channel=news')
    log.head.mockReturnValue(new Promise(() => {}))
    await wait(10_000)
    await hub.close()
    await wait(60_000)
    expect(errors).toEqual([])
  })
})
