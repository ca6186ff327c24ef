import { describe, expect, it, vi } from 'vitest'
import { get, join, open, post, useHub } from '../../test/hubReader.ts'

describe('a drain', () => {
  it('sends every reader away, each with a time of its own to come back', async () => {
    const { hub } = useHub({}, 'news')
    const readers = await Promise.all(Array.from({ length: 20 }, () => join(hub, '?channel=news')))
    const drained = hub.drain({ over: 0, retry: 1_000 })
    const delays = await Promise.all(
      readers.map(async (reader) => {
        expect(await reader.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'drain' } }])
        return Number(/^retry: (\d+)$/m.exec(reader.text())?.[1])
      }),
    )
    await drained
    expect(new Set(delays).size).toBeGreaterThan(10)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000)
    expect(hub.connectionCount).toBe(0)
  })

  it('is over when they have been told, so that the hub may close', async () => {
    const { hub } = useHub({}, 'news')
    const reader = await join(hub, '?channel=news')
    const rest = reader.rest()
    await hub.drain({ over: 0 })
    await hub.close()
    expect(await rest).toEqual([{ event: 'sse.bye', data: { reason: 'drain' } }])
  })

  it('spreads that over its time', async () => {
    const { hub } = useHub({}, 'news')
    const readers = await Promise.all(Array.from({ length: 8 }, () => join(hub, '?channel=news')))
    const drained = hub.drain({ over: 200 })
    const ends = readers.map(async (reader) => {
      await reader.rest()
      return performance.now()
    })
    await drained
    const times = await Promise.all(ends)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(90)
  })

  it('does not wait for readers that have left by themselves', async () => {
    const { hub } = useHub({}, 'news')
    const readers = await Promise.all([1, 2, 3].map(() => join(hub, '?channel=news')))
    const drained = hub.drain({ over: 60_000 })
    await Promise.all(readers.map((reader) => reader.leave()))
    await drained
  })

  it('shuts the door: 503, to come back soon', async () => {
    const { hub } = useHub({}, 'news')
    await hub.drain({ over: 0 })
    const response = await get(hub, '?channel=news')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^[1-5]$/)
  })

  it('shuts it, too, to those who are being decided about, and to those who begin to read only now', async () => {
    const { hub } = useHub({}, 'news')
    const decision = Promise.withResolvers<boolean>()
    hub.channel('slow', () => decision.promise)
    const asked = get(hub, '?channel=slow')
    const unread = await open(hub, '?channel=news')
    await hub.drain({ over: 0 })
    decision.resolve(true)
    expect((await asked).status).toBe(503)
    expect(await unread.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'drain' } }])
    expect(hub.connectionCount).toBe(0)
  })

  it('lets events be published to the end', async () => {
    const { hub } = useHub({}, 'news')
    await hub.drain({ over: 0 })
    await hub.to('news').send('a', 1)
  })

  it('ends with the hub', async () => {
    const { hub } = useHub({}, 'news')
    await Promise.all([1, 2, 3].map(() => join(hub, '?channel=news')))
    const drained = hub.drain({ over: 60_000 })
    await hub.close()
    await drained
  })

  it.for([{ over: Number.NaN }, { over: -1 }, { over: Infinity }, { retry: Number.NaN }, { retry: '1' }, { jobs: -1 }])(
    'refuses %o, and leaves the door open',
    async (options) => {
      const { hub } = useHub({}, 'news')
      await expect(hub.drain(options as never)).rejects.toThrow(/^Expected `(over|retry|jobs)` to be a number of milli/)
      await join(hub, '?channel=news')
    },
  )
})

describe('a close', () => {
  it('ends everything, as often as it is called', async () => {
    const { hub, errors } = useHub({ heartbeat: 5 }, ':a')
    const readers = await Promise.all([1, 2, 3].map(() => join(hub, '?v=1&channel=a&channel=b')))
    await Promise.all([hub.close(), hub.close(), hub[Symbol.asyncDispose]()])
    await hub.close()
    for (const reader of readers) expect(await reader.rest()).toEqual([])
    expect(hub.inspect()).toMatchObject({ connections: [], channels: {}, bufferedSize: 0 })
    expect(hub.activeChannels).toEqual([])
    expect((await get(hub, '?channel=a')).status).toBe(503)
    expect(errors).toEqual([])
  })

  it('leaves no timer, and nobody who begins to read after it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    try {
      const { hub, errors } = useHub({}, 'news')
      const unread = await open(hub, '?channel=news')
      const reader = await join(hub, '?channel=news')
      const stalled = await open(hub, '?channel=news')
      await stalled.next()
      await hub.to('news').send('a', 1)
      hub.disconnect(() => true)
      await hub.close()
      expect(await unread.rest()).toMatchObject([{ event: 'sse.bye' }])
      await reader.rest()
      await stalled.rest()
      await new Promise((resolve) => setImmediate(resolve))
      expect(vi.getTimerCount()).toBe(0)
      expect(hub.connectionCount).toBe(0)
      expect(errors).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  it('while a reader is let in, or a set changed, is no failure', async () => {
    const { hub, errors } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    const opening = open(hub, '?channel=b').then((opened) => opened.rest())
    const changing = post(hub, { connection: reader.hello.connection, rev: 1, channels: { b: null, c: null } })
    await hub.close()
    await Promise.allSettled([opening, changing])
    await reader.rest()
    expect(errors).toEqual([])
  })
})
