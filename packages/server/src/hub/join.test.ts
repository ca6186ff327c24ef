import { describe, expect, it, vi } from 'vitest'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { createHangingLog } from '../../test/hangingLog.ts'
import { useHubInsides } from '../../test/hubInsides.ts'
import { join, open, post, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'

describe('retained events', () => {
  const LARGE = 'x'.repeat(64 * 1024)
  const NAMES = Array.from({ length: 40 }, (_, index) => `last/${index}`)

  async function useRetained() {
    const { hub, errors } = useHub()
    hub.channel('last/:id', { retain: 'last' })
    hub.channel('secret', () => false)
    for (const name of NAMES) await hub.to(name).data({ name, LARGE })
    return { hub, errors, query: `?v=1&${NAMES.map((name) => `channel=${name}`).join('&')}` }
  }

  it('wait for room one after the other, as a replay does', async () => {
    const { hub, query } = await useRetained()
    const { next, text } = await join(hub, query)
    for (let count = 0; count < 10; count++) await turn()
    // Those that fit below the mark, and one more.
    expect(hub.inspect().bufferedSize).toBeLessThan(3 * LARGE.length)
    // Published while others wait: it comes after them, and moves the base.
    const { id } = await hub.to('last/7').data('live')
    for (const name of NAMES) expect(await next()).toEqual({ event: `${name}#message`, data: { name, LARGE } })
    expect(await next()).toEqual({ event: 'last/7#message', data: 'live', id })
    const ids = [...text().matchAll(/^id: \S+\.(\d+)$/gm)].map(([, seq]) => Number(seq))
    expect(ids).toEqual([NAMES.length, NAMES.length + 1])
  })

  it('that are still to come are left out where their channel has left the set', async () => {
    const { hub, query } = await useRetained()
    const { hello, next } = await join(hub, query)
    const { connection } = hello
    expect((await post(hub, { connection, rev: 1, channels: { 'last/0': null, 'last/39': null } })).status).toBe(204)
    await hub.to('last/0').data('live')
    await hub.to('last/20').data('live')
    const events = [await next()]
    while (events.at(-1)?.data !== 'live') events.push(await next())
    const names = events.map((event) => event?.event)
    expect(names.at(-1)).toBe('last/0#message')
    expect(names.at(-2)).toBe('last/39#message')
    expect(names).not.toContain('last/20#message')
  })
})

it('waits for room between what was published while the log was read', async () => {
  const log = createHangingLog()
  const { hub } = useHub({ log }, 'news')
  const release = log.hang('last')
  const opened = join(hub, '?channel=news')
  await vi.waitFor(() => expect(hub.connectionCount).toBe(1))
  const PAD = 'x'.repeat(2_000)
  for (let count = 0; count < 500; count++) await hub.to('news').data({ count, PAD })
  release()
  const { next } = await opened
  for (let count = 0; count < 10; count++) await turn()
  expect(hub.inspect().bufferedSize).toBeLessThan(70_000)
  for (let count = 0; count < 500; count++) expect(await next()).toMatchObject({ data: { count } })
})

describe('a log that does not answer', () => {
  useFakeTimers()

  async function useHanging() {
    const log = createHangingLog()
    const { hub, errors } = useHub({ log }, ':name')
    const { id } = await hub.to('news').data(1)
    await hub.to('news').data(2)
    const settle = async () => {
      for (let count = 0; count < 6; count++) await turn()
    }
    return { log, hub, errors, settle, query: `?v=1&since=${id}:news` }
  }

  it.for(['follow', 'head', 'read', 'last'] as const)('ends the response after ten seconds: `%s`', async (method) => {
    const { log, hub, errors, settle, query } = await useHanging()
    log.hang(method)
    const rest = (await open(hub, query)).rest()
    await settle()
    vi.advanceTimersByTime(9_999)
    await settle()
    expect(hub.connectionCount).toBe(1)
    vi.advanceTimersByTime(1)
    expect(await rest).toEqual([{ event: 'sse.bye', data: { reason: 'error', code: 'unavailable' } }])
    expect(errors).toMatchObject([['log', { code: 'log', message: expect.stringContaining('10000 ms') as string }]])
    await hub.close()
  })

  it.for(['follow', 'head', 'read', 'last'] as const)(
    'is waited for no longer when the reader has left: `%s`',
    async (method) => {
      const { log, hub, errors, settle, query } = await useHanging()
      log.hang(method)
      const { next, leave } = await open(hub, query)
      void next()
      await settle()
      expect(vi.getTimerCount()).toBe(1)
      await leave()
      await settle()
      expect(vi.getTimerCount()).toBe(0)
      expect(hub.connectionCount).toBe(0)
      expect(errors).toEqual([])
      await hub.close()
    },
  )

  it('is waited for no longer when the reader has left the channel', async () => {
    const { log, hub, errors } = await useHanging()
    const { hello, next } = await join(hub, '?v=1&channel=quiet')
    const { connection } = hello
    log.hang('head', 1)
    await post(hub, { connection, rev: 1, channels: { quiet: null, news: null } })
    await post(hub, { connection, rev: 2, channels: { quiet: null, other: null } })
    expect(await next()).toMatchObject({ event: 'sse.live', data: { channels: ['other'], rev: 2 } })
    expect(errors).toEqual([])
    await hub.close()
  })
})

it('forgets joins that nobody wants any more, though another is in their way', async () => {
  const { hub, core } = useHubInsides('news', 'other')
  const LARGE = 'x'.repeat(64 * 1024)
  const { id } = await hub.to('news').data(0)
  for (let count = 0; count < 10; count++) await hub.to('news').data(LARGE)
  // Its replay waits for room.
  const { hello } = await join(hub, `?v=1&since=${id}:news`)
  const connection = core.connections.get(hello.connection)
  for (let rev = 1; rev < 100; rev++) {
    const channels = rev % 2 === 0 ? { news: null } : { news: null, other: null }
    await post(hub, { connection: hello.connection, rev, channels })
    await turn()
  }
  expect(connection?.joins.size).toBe(2)
})

describe('events that are gone before their replay has come so far', () => {
  /** A reader of a job that has ended once, and of which more is published while it joins than is kept. */
  async function joinMeanwhile(last: 'step' | 'done') {
    const log = createHangingLog()
    const { hub } = useHub({ log })
    hub.channel('job', { terminal: ['done'], history: { maxEvents: 2 } })
    const { id } = await hub.to('job').send('step', 0)
    await hub.to('job').send('done', 1)
    const release = log.hang('last')
    const opened = join(hub, `?v=1&since=${id}:job`)
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1))
    for (let count = 0; count < 1_100; count++) await hub.to('job').send('step', count)
    await hub.to('job').send(last, 'last')
    release()
    const reader = await opened
    expect(await reader.next()).toMatchObject({ event: 'job#done', data: 1 })
    expect(await reader.next()).toEqual({ event: 'sse.reset', data: { channels: ['job'] } })
    return { hub, ...reader }
  }

  it('do not leave a channel over that has gone on since', async () => {
    const { hub, next } = await joinMeanwhile('step')
    const { id } = await hub.to('job').send('step', 'live')
    expect(await next()).toEqual({ event: 'job#step', data: 'live', id })
  })

  it('are followed by the last of them, where it ends its channel', async () => {
    const { next } = await joinMeanwhile('done')
    expect(await next()).toEqual({ event: 'job#done', data: 'last' })
    expect(await next()).toEqual({ event: 'sse.end', data: { channels: ['job'] } })
  })
})

it('tells a reader that joins with a position that was lost with its right, that events are gone', async () => {
  const { hub } = useHub({ context: () => 'ann', identify: (context) => context }, ':name')
  const before = await join(hub, '?v=1&channel=news')
  const { id } = await hub.to('news').data(1)
  const { hello, next } = await join(hub, '?v=1&channel=other')
  const { connection } = hello
  hub.revoke('news', { id: before.hello.connection })
  await hub.to('news').data(2)
  await post(hub, { connection, rev: 1, channels: { other: null, news: id } })
  const live = { channels: ['news'], rev: 1, reset: true }
  expect(await next()).toMatchObject({ event: 'sse.live', data: live })
})
