import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { join, open, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'
import type { SSESourceContext } from '../index.ts'

// How long a source waits before it is started again is left to chance: here it is as long as it may be.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(1))
afterEach(() => void vi.restoreAllMocks())

/** A source that a test drives, and what became of its runs. */
function drivenSource() {
  const runs: { signal: AbortSignal; isOver: boolean; emit: (data: unknown) => void; fail: (error: Error) => void }[] =
    []
  async function* source({ signal }: SSESourceContext<unknown>) {
    const queue: unknown[] = []
    let wake = Promise.withResolvers<void>()
    const run = {
      signal,
      isOver: false,
      emit(data: unknown) {
        queue.push(data)
        wake.resolve()
      },
      fail: (error: Error) => wake.reject(error),
    }
    runs.push(run)
    signal.addEventListener('abort', () => wake.resolve())
    try {
      while (!signal.aborted) {
        await wake.promise
        wake = Promise.withResolvers()
        for (const data of queue.splice(0)) yield { event: 'tick', data }
      }
    } finally {
      run.isOver = true
    }
  }
  return { source: vi.fn(source), runs }
}

it('runs from the first reader to the last, once for all of them', async () => {
  const { source, runs } = drivenSource()
  const { hub } = useHub()
  hub.channel('clock/:zone', { source })
  expect(source).not.toHaveBeenCalled()
  const first = await join(hub, '?channel=clock/utc')
  const second = await join(hub, '?channel=clock/utc')
  await vi.waitFor(() => expect(source).toHaveBeenCalledOnce())
  expect(source.mock.calls[0]?.[0].params).toEqual({ zone: 'utc' })
  runs[0]?.emit(1)
  expect(await first.next()).toMatchObject({ event: 'tick', data: 1 })
  expect(await second.next()).toMatchObject({ event: 'tick', data: 1 })
  await first.leave()
  expect(runs[0]?.signal.aborted).toBe(false)
  await second.leave()
  await vi.waitFor(() => expect(runs[0]?.isOver).toBe(true))
  await join(hub, '?channel=clock/utc')
  await vi.waitFor(() => expect(source).toHaveBeenCalledTimes(2))
})

it.for(['disconnect', 'revoke', 'close', 'post'] as const)('ends with its last reader, by %s too', async (how) => {
  const { source, runs } = drivenSource()
  const { hub } = useHub({}, 'other')
  hub.channel('clock', { source })
  const { hello } = await join(hub, '?v=1&channel=clock')
  await vi.waitFor(() => expect(runs).toHaveLength(1))
  if (how === 'disconnect') hub.disconnect(() => true)
  else if (how === 'revoke') hub.revoke('clock')
  else if (how === 'close') await hub.close()
  else {
    const body = JSON.stringify({ connection: hello.connection, rev: 1, channels: { other: null } })
    const headers = { 'content-type': 'application/json' }
    await hub.fetch(new Request('http://a/_sse', { method: 'POST', body, headers }))
  }
  expect(runs[0]?.signal.aborted).toBe(true)
  await vi.waitFor(() => expect(runs[0]?.isOver).toBe(true))
})

it('ends an iterator at once that waits for its next event', async () => {
  const { hub } = useHub()
  const ended = vi.fn(() => Promise.resolve({ done: true as const, value: undefined }))
  const source = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: ended }),
  })
  hub.channel('clock', { source })
  const reader = await join(hub, '?channel=clock')
  await reader.leave()
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce())
})

it('publishes nothing more once its last reader has left', async () => {
  const { source, runs } = drivenSource()
  const { hub } = useHub()
  hub.channel('clock', { source, retain: 'last' })
  const reader = await join(hub, '?channel=clock')
  await vi.waitFor(() => expect(runs).toHaveLength(1))
  await reader.leave()
  runs[0]?.emit('late')
  await vi.waitFor(() => expect(runs[0]?.isOver).toBe(true))
  const next = await join(hub, '?channel=clock')
  await hub.to('clock').send('first', 1)
  expect(await next.next()).toMatchObject({ event: 'first' })
})

it('tells `onError` once where it fails, and its readers stay', async () => {
  const { source, runs } = drivenSource()
  const { hub, errors } = useHub()
  hub.channel('clock', { source })
  const reader = await join(hub, '?channel=clock')
  await vi.waitFor(() => expect(runs).toHaveLength(1))
  const cause = new Error('no clock')
  runs[0]?.fail(cause)
  await vi.waitFor(() => expect(errors).toEqual([['source', expect.objectContaining({ code: 'source', cause })]]))
  await hub.to('clock').send('a', 1)
  expect(await reader.next()).toMatchObject({ event: 'a' })
})

it('is ended, and `onError` told once, where an event of it cannot be published', async () => {
  const { source, runs } = drivenSource()
  const { hub, errors } = useHub()
  hub.channel('clock', { source })
  await join(hub, '?channel=clock')
  await vi.waitFor(() => expect(runs).toHaveLength(1))
  runs[0]?.emit(1n)
  await vi.waitFor(() => expect(runs[0]?.isOver).toBe(true))
  expect(errors).toMatchObject([['source', { code: 'source', cause: { code: 'invalid-event' } }]])
})

it.for<[string, unknown]>([
  [
    'throws at once',
    () => {
      throw new Error('no')
    },
  ],
  ['is not iterable', () => 5],
  [
    'yields nothing',
    async function* () {
      yield undefined
    },
  ],
])('tells `onError` of a source that %s', async ([, source]) => {
  const { hub, errors } = useHub()
  hub.channel('clock', { source: source as never })
  await join(hub, '?channel=clock')
  await vi.waitFor(() => expect(errors).toMatchObject([['source', { code: 'source' }]]))
})

describe('a source that fails', () => {
  useFakeTimers()

  /** A hub whose channel has a source that fails, after it has produced what it is told to. */
  async function useFailing(count: () => number = () => 0) {
    const { hub, errors } = useHub()
    let runs = 0
    hub.channel('clock', {
      async *source() {
        runs++
        for (let left = count(); left > 0; left--) yield { event: 'tick', data: left }
        throw new Error('no clock')
      },
    })
    const reader = await join(hub, '?channel=clock')
    const settle = async () => {
      for (let i = 0; i < 4; i++) await turn()
      return runs
    }
    await settle()
    return { hub, errors, reader, settle }
  }

  it('is started again after a time that doubles, up to half a minute, and each failure is told', async () => {
    const { errors, settle, reader } = await useFailing()
    let expected = 1
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      vi.advanceTimersByTime(pause - 1)
      expect(await settle()).toBe(expected)
      vi.advanceTimersByTime(1)
      expect(await settle()).toBe(++expected)
    }
    expect(errors).toHaveLength(expected)
    expect(errors.at(-1)).toMatchObject(['source', { code: 'source', cause: { message: 'no clock' } }])
    await reader.leave()
    await settle()
  })

  it('is started again after a random part of that time', async () => {
    const { settle, reader } = await useFailing()
    vi.mocked(Math.random).mockReturnValue(0.25)
    vi.advanceTimersByTime(1_000)
    expect(await settle()).toBe(2)
    vi.advanceTimersByTime(499)
    expect(await settle()).toBe(2)
    vi.advanceTimersByTime(1)
    expect(await settle()).toBe(3)
    await reader.leave()
    await settle()
  })

  it('begins anew with the shortest time once it has produced an event', async () => {
    let count = 0
    const { settle, reader } = await useFailing(() => count)
    vi.advanceTimersByTime(1_000)
    expect(await settle()).toBe(2)
    count = 1
    vi.advanceTimersByTime(2_000)
    expect(await settle()).toBe(3)
    vi.advanceTimersByTime(999)
    expect(await settle()).toBe(3)
    vi.advanceTimersByTime(1)
    expect(await settle()).toBe(4)
    expect(await reader.next()).toMatchObject({ event: 'tick' })
    await reader.leave()
    await settle()
  })

  it('is not started again once its last reader has left, nor waits any longer', async () => {
    const { settle, reader } = await useFailing()
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    await reader.leave()
    await settle()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(60_000)
    expect(await settle()).toBe(1)
  })

  it('begins at once with the next first reader, and only once', async () => {
    const { hub, settle, reader } = await useFailing()
    await reader.leave()
    await settle()
    const next = await join(hub, '?channel=clock')
    expect(await settle()).toBe(2)
    vi.advanceTimersByTime(1_000)
    expect(await settle()).toBe(3)
    await next.leave()
    await settle()
  })

  it('keeps nothing of the runs before', async () => {
    const { hub } = useHub()
    const ended = vi.fn(() => Promise.resolve({ done: true as const, value: undefined }))
    const iterator = { next: () => Promise.reject(new Error('no clock')), return: ended }
    hub.channel('clock', { source: () => ({ [Symbol.asyncIterator]: () => iterator }) })
    const reader = await join(hub, '?channel=clock')
    for (const pause of [1_000, 2_000, 4_000]) {
      for (let i = 0; i < 4; i++) await turn()
      vi.advanceTimersByTime(pause)
    }
    for (let i = 0; i < 4; i++) await turn()
    await reader.leave()
    await turn()
    expect(ended).not.toHaveBeenCalled()
  })
})

it('is not started again where it ends by itself', async () => {
  const { hub } = useHub()
  const source = vi.fn(async function* () {
    yield { event: 'tick', data: 1 }
  })
  vi.mocked(Math.random).mockReturnValue(0)
  hub.channel('clock', { source })
  const reader = await join(hub, '?channel=clock')
  expect(await reader.next()).toMatchObject({ event: 'tick' })
  await join(hub, '?channel=clock')
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(source).toHaveBeenCalledOnce()
})

it('is not started for a channel that is over', async () => {
  const { hub } = useHub()
  const source = vi.fn(async function* () {})
  hub.channel('jobs/:id', { source, terminal: ['done'], retain: 'last', presence: true })
  const first = await hub.to('jobs/1').send('start', 1)
  await hub.to('jobs/1').send('done', 1)
  const plain = await Promise.all([1, 2].map(() => open(hub, '?channel=jobs/1')))
  for (const reader of plain) expect((await reader.rest()).at(-1)).toMatchObject({ event: 'sse.bye' })
  const managed = await join(hub, '?v=1&channel=jobs/1', { 'last-event-id': first.id })
  expect(await managed.next()).toMatchObject({ event: 'jobs/1#done' })
  expect(await managed.next()).toMatchObject({ event: 'sse.end' })
  expect(await hub.presence('jobs/1')).toEqual([])
  expect(source).not.toHaveBeenCalled()
})
