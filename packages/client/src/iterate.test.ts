import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, settle, pass, refuse } = useScriptedStreams()

/** What a loop has seen so far, and how it ended. */
function loop(events: AsyncIterable<{ data: unknown }>, limit = Infinity) {
  const seen: unknown[] = []
  const run = async () => {
    for await (const { data } of events) {
      seen.push(data)
      if (seen.length === limit) break
    }
    return 'over'
  }
  const end = run().catch((error: unknown) => error)
  return { seen, end }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `data: ${from + index}\n\n`).join('')

describe('a loop over a stream', () => {
  it('sees every event from where it begins, in order, until the stream is complete', async () => {
    const { stream } = await start()
    await open('data: before\n\n')
    const { seen, end } = loop(stream)
    server.last.send(numbers(1, 500))
    await settle()
    expect(seen).toHaveLength(500)
    server.last.send('data: last\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n')
    expect(await end).toBe('over')
    expect(seen).toEqual([...Array.from({ length: 500 }, (_, index) => index + 1), 'last'])
  })

  it('goes on over a lost connection', async () => {
    const { stream } = await start()
    const { seen } = loop(stream)
    await open('data: 1\n\n')
    server.last.end()
    await pass(1000)
    await open('data: 2\n\n')
    expect(seen).toEqual([1, 2])
  })

  it('ends where the stream is closed, also while it waits', async () => {
    const { stream } = await start()
    const { seen, end } = loop(stream)
    await open()
    stream.close()
    expect(await end).toBe('over')
    expect(seen).toEqual([])
  })

  it('sees what came before the end, also where it is late', async () => {
    const { stream } = await start()
    const events = stream[Symbol.asyncIterator]()
    await open(numbers(1, 3))
    stream.close()
    const late = [await events.next(), await events.next(), await events.next(), await events.next()]
    expect(late.map(({ value }) => value?.data)).toEqual([1, 2, 3, undefined])
    expect(late.at(-1)).toEqual({ done: true, value: undefined })
  })

  it('throws where the stream failed, behind the last event', async () => {
    const { stream } = await start({ retry: false })
    const { seen, end } = loop(stream)
    await open('data: 1\n\n')
    server.last.end()
    expect(await end).toMatchObject({ name: 'SSEError', code: 'disconnected' })
    expect(seen).toEqual([1])
  })

  it('throws where the stream had failed before it began, and ends at once where it was closed', async () => {
    const { stream } = await start()
    await refuse(404)
    expect(await loop(stream).end).toMatchObject({ code: 'http-status', status: 404 })
    stream.open()
    stream.close()
    expect(await loop(stream).end).toBe('over')
  })

  it('leaves the stream open when it breaks off, and holds nothing of it', async () => {
    const onGap = vi.fn()
    const { stream, log } = await start({ onGap })
    const { seen, end } = loop(stream, 2)
    await open(numbers(1, 3))
    expect(await end).toBe('over')
    expect(seen).toEqual([1, 2])
    expect(stream.status).toBe('open')
    server.last.send(numbers(4, 3000))
    await settle()
    expect(onGap).not.toHaveBeenCalled()
    expect(log.at(-1)).toBe('message:3000')
  })

  it('shares no event with another', async () => {
    const { stream } = await start()
    const [first, second] = [loop(stream), loop(stream)]
    await open(numbers(1, 3))
    expect([first.seen, second.seen]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('answers calls that do not wait for each other in turn', async () => {
    const { stream } = await start()
    const events = stream[Symbol.asyncIterator]()
    const waiting = Promise.all([events.next(), events.next(), events.next()])
    await open(numbers(1, 2))
    server.last.send(numbers(3, 3))
    expect((await waiting).map(({ value }) => value?.data)).toEqual([1, 2, 3])
  })

  it('waits while the stream is paused', async () => {
    const { stream } = await start()
    const { seen } = loop(stream)
    await open('data: 1\n\n')
    stream.pause()
    await pass(100_000)
    stream.resume()
    await settle()
    await open('data: 2\n\n')
    expect(seen).toEqual([1, 2])
  })
})

describe('a slow loop', () => {
  it('has 1024 events kept for it, and no gap', async () => {
    const onGap = vi.fn()
    const { stream } = await start({ onGap })
    const events = stream[Symbol.asyncIterator]()
    await open(numbers(1, 1024))
    expect(onGap).not.toHaveBeenCalled()
    const { seen } = loop({ [Symbol.asyncIterator]: () => events })
    await settle()
    expect(seen).toEqual(Array.from({ length: 1024 }, (_, index) => index + 1))
  })

  it('loses the oldest beyond that, which is a gap for all to hear, and stops nobody', async () => {
    const onGap = vi.fn()
    const onEvent = vi.fn()
    const { stream } = await start({ onGap, onEvent })
    const events = stream[Symbol.asyncIterator]()
    await open(numbers(1, 1025))
    expect(onGap.mock.calls).toEqual([
      [{ reason: 'dropped', error: expect.objectContaining({ code: 'overflow' }) as unknown }],
    ])
    expect(onEvent).toHaveBeenCalledTimes(1025)
    expect(stream).toMatchObject({ status: 'open', error: undefined, data: 1025 })
    expect((await events.next()).value?.data).toBe(2)
    server.last.send(numbers(1026, 1026))
    await settle()
    expect(onGap).toHaveBeenCalledTimes(1)
  })

  it('is told of nothing once it has broken off', async () => {
    const { stream } = await start()
    const events = stream[Symbol.asyncIterator]()
    await open(numbers(1, 3))
    expect(await events.return?.()).toEqual({ done: true, value: undefined })
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })
})
