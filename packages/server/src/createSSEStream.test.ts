import { EventEmitter, on } from 'node:events'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { useFakeTimers } from '../test/fakeTimers.ts'
import { readerOf, textOf, turn } from '../test/readStream.ts'
import { createSSEStream, eventTypes, type SSESession, type SSEStream } from './index.ts'
import { HIGH_WATER_MARK } from './outbox.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

useFakeTimers()

describe('a source', () => {
  it('is an async generator, which is given the session', async () => {
    const request = new Request('http://localhost/?lastEventId=41')
    const stream = createSSEStream(
      async function* (session) {
        yield { data: session.lastEventId, id: Number(session.lastEventId) + 1 }
        yield { event: 'same', data: session.request === request }
      },
      { request },
    )
    expect(await textOf(stream)).toBe(`id: 42\ndata: 41\n\nevent: same\ndata: true\n\n${COMPLETE}`)
  })

  it('is any async iterable', async () => {
    const emitter = new EventEmitter()
    const stream = createSSEStream({
      async *[Symbol.asyncIterator]() {
        for await (const [data] of on(emitter, 'data', { close: ['end'] })) yield { data }
      },
    })
    const text = textOf(stream)
    await turn()
    emitter.emit('data', 'a')
    emitter.emit('data', { b: 1 })
    emitter.emit('end')
    expect(await text).toBe(`data: a\n\ndata: {"b":1}\n\n${COMPLETE}`)
    expect(emitter.eventNames()).toEqual([])
  })

  it('is an async callback, and ends the stream when its promise settles', async () => {
    const stream = createSSEStream(async (session) => {
      session.comment('hi')
      session.retry(7)
      session.id('')
      session.json('text')
      await turn()
      session.event('named', 0)
      await session.send({ data: 'last' })
    })
    expect(await textOf(stream)).toBe(
      `: hi\n\nretry: 7\n\nid: \n\ndata: "text"\n\nevent: named\ndata: 0\n\ndata: last\n\n${COMPLETE}`,
    )
  })

  it('is a plain callback, which leaves the stream open until it is closed', async () => {
    const emitter = new EventEmitter()
    const stream = createSSEStream((session) => {
      emitter.on('data', (data) => session.json(data))
      emitter.once('end', () => session.close())
      return () => emitter.removeAllListeners()
    })
    const { next } = readerOf(stream)
    const first = next()
    await turn()
    emitter.emit('data', 1)
    expect(await first).toBe('data: 1\n\n')
    emitter.emit('data', 2)
    emitter.emit('end')
    expect(emitter.eventNames()).toEqual([])
    expect(await next()).toBe(`data: 2\n\n${COMPLETE}`)
    expect(await next()).toBeUndefined()
  })

  it('starts when the stream is read, not before', async () => {
    const source = vi.fn<() => Promise<void>>(async () => {})
    const stream = createSSEStream(source)
    await turn()
    const response = stream.toResponse()
    await turn()
    expect(source).not.toHaveBeenCalled()
    await response.text()
    expect(source).toHaveBeenCalledOnce()
  })

  it('never starts for a reader that has left', async () => {
    const source = vi.fn<() => Promise<void>>(async () => {})
    const cancelled = createSSEStream(source)
    await cancelled.cancel()
    const signal = AbortSignal.abort()
    const aborted = createSSEStream(source, { signal })
    const disconnected = createSSEStream(source, { request: new Request('http://localhost', { signal }) })
    expect(await Promise.all([aborted, disconnected].map(textOf))).toEqual(['', ''])
    expect(source).not.toHaveBeenCalled()
  })

  it('leaves one chunk per turn', async () => {
    const stream = createSSEStream(async (session) => {
      for (let index = 0; index < 3; index++) session.json(index)
      await turn()
      await turn()
      session.json(3)
    })
    const { next } = readerOf(stream)
    expect(await next()).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\n')
    expect(await next()).toBe(`data: 3\n\n${COMPLETE}`)
  })

  it('is refused when it is nothing to read from', () => {
    for (const source of [undefined, null, 'text', [{ data: 1 }], {}]) {
      expect(() => createSSEStream(source as never)).toThrow(TypeError)
    }
  })
})

describe('backpressure', () => {
  it('stops asking a generator at the high-water mark, until its reader reads on', async () => {
    const data = 'x'.repeat(1000)
    let asked = 0
    const stream = createSSEStream(async function* () {
      for (;;) {
        asked++
        yield { data }
      }
    })
    const { next, cancel } = readerOf(stream)
    await next()
    const first = asked
    await turn()
    const stalled = asked
    await turn()
    expect(asked).toBe(stalled)
    expect((stalled - first) * data.length).toBeLessThanOrEqual(HIGH_WATER_MARK)
    await next()
    await turn()
    expect(asked).toBeGreaterThan(stalled)
    await cancel()
  })

  it('bounds what a callback writes, and says so', async () => {
    let written = 0
    const stream = createSSEStream(
      (session) => {
        session.json('first')
        setImmediate(() => {
          while (session.write({ data: 'x'.repeat(92) })) written++
          expect(session.json('more')).toBe(false)
        })
      },
      { maxBufferSize: 10_000 },
    )
    const { next, cancel } = readerOf(stream)
    expect(await next()).toBe('data: "first"\n\n')
    await turn()
    expect(written).toBe(100)
    expect((await next())?.length).toBe(10_000)
    await cancel()
  })

  it('sends an event that is larger than the buffer alone', { timeout: 30_000 }, async () => {
    const data = 'é'.repeat(25_000_000)
    const stream = createSSEStream(async (session) => {
      await session.send({ data: 'before' })
      await session.send({ data })
      await session.send({ data: 'after' })
    })
    const text = await textOf(stream)
    expect(text.length).toBe(`data: before\n\ndata: ${data}\n\ndata: after\n\n${COMPLETE}`.length)
  })
})

describe('an option that makes no sense', () => {
  it.each([
    ['heartbeat', { heartbeat: 0 }],
    ['heartbeat', { heartbeat: -1 }],
    ['heartbeat', { heartbeat: Number.NaN }],
    ['heartbeat', { heartbeat: Number.POSITIVE_INFINITY }],
    ['heartbeat', { heartbeat: 2 ** 31 }],
    ['heartbeat', { heartbeat: { interval: 0 } }],
    ['heartbeat', { heartbeat: true }],
    ['heartbeat', { heartbeat: '1000' }],
    ['heartbeat', { heartbeat: null }],
    ['heartbeat', { heartbeat: 5n }],
    ['heartbeat.comment', { heartbeat: { comment: 5 } }],
    ['options', null],
    ['bye', { bye: 'no' }],
    ['mapError', { mapError: 5 }],
    ['mapError', { mapError: null }],
    ['onError', { onError: 5 }],
    ['signal', { signal: {} }],
    ['signal', { signal: null }],
    ['signal', { signal: new AbortController() }],
    ['request', { request: {} }],
    ['request', { request: null }],
    ['request', { request: 'http://localhost/' }],
    ['request', { request: { headers: null } }],
    ['request.signal', { request: { headers: {}, signal: {} } }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: Number.POSITIVE_INFINITY }],
    ['maxBufferSize', { maxBufferSize: 0 }],
    ['maxBufferSize', { maxBufferSize: Number.POSITIVE_INFINITY }],
    ['maxBufferSize', { maxBufferSize: '1' }],
    ['retry', { retry: -1 }],
    ['retry', { retry: 0.5 }],
  ])('is refused by name: %s in %o', (option, options) => {
    const source = vi.fn<() => void>()
    expect(() => createSSEStream(source, options as never)).toThrow(TypeError)
    expect(() => createSSEStream(source, options as never)).toThrow(`Expected \`${option}\` to be `)
    expect(() => createSSEStream(source, options as never)).toThrow(/, got .+\.$/)
    expect(source).not.toHaveBeenCalled()
  })

  it('is refused that there is not: misspelled, it would do nothing', () => {
    const source = vi.fn<() => void>()
    expect(() => createSSEStream(source, { heartBeat: 5_000 } as never)).toThrow(
      /^Expected the options of a stream to be among events, request, .*, got "heartBeat"\.$/,
    )
    expect(() => createSSEStream(source, { heartbeat: { intervall: 5_000 } } as never)).toThrow(
      'Expected the options of `heartbeat` to be among interval, comment, got "intervall".',
    )
    // Of node's `openSSE` and `pipeSSE`.
    expect(() => createSSEStream(source, { compression: true } as never)).toThrow(TypeError)
    expect(source).not.toHaveBeenCalled()
  })
})

describe('a response', () => {
  it('has the headers of an event stream', async () => {
    const response = createSSEStream(async () => {}).toResponse()
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await response.text()
  })

  it('takes the headers of the caller first, of the options second', async () => {
    const stream = createSSEStream(async () => {}, {
      headers: { 'Cache-Control': 'no-store', 'X-A': 'options', 'X-B': 'options' },
    })
    const response = stream.toResponse({
      status: 201,
      headers: [
        ['x-a', 'init'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-a')).toBe('init')
    expect(response.headers.get('x-b')).toBe('options')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    await response.text()
  })

  it('refuses a header that would break out', () => {
    expect(() => createSSEStream(async () => {}, { headers: { 'x-a': 'a\r\nb: c' } })).toThrow(TypeError)
  })

  it('is made once', async () => {
    const stream = createSSEStream(async () => {})
    expect(stream).toBeInstanceOf(ReadableStream)
    expect(() => stream.toResponse({ status: 1000 }), 'no response').toThrow(RangeError)
    const response = stream.toResponse()
    expect(() => stream.toResponse(), 'before it is read').toThrow(TypeError)
    await response.text()
    expect(() => stream.toResponse()).toThrow(TypeError)
  })
})

describe('types', () => {
  interface Events {
    tick: { now: number }
    message: string
  }
  const events = eventTypes<Events>()

  it('mix nameless and named events, checked by the map', async () => {
    const stream = createSSEStream(
      async function* (session) {
        session.event('tick', { now: 1 })
        session.json('text')
        yield { event: 'tick', data: { now: 2 } }
        yield { data: 'text' }
        yield { event: 'message', data: 'text', id: 1 }
        yield { id: 2 }
      },
      { events },
    )
    expect(await textOf(stream)).toContain(COMPLETE)
  })

  it('refuse what the map does not know', () => {
    const callback = (session: SSESession<Events>) => {
      // @ts-expect-error -- no such event
      session.event('tock', { now: 1 })
      // @ts-expect-error -- another payload
      session.event('tick', { now: '1' })
      // @ts-expect-error -- another payload
      session.json(1)
      // @ts-expect-error -- an event without its payload
      session.write({ event: 'tick' })
      // @ts-expect-error -- another payload
      session.write({ data: 1 })
    }
    const nameless = (session: SSESession<{ tick: number }>) => {
      // @ts-expect-error -- no nameless event
      session.json(1)
      // @ts-expect-error -- no nameless event
      session.write({ data: 1 })
    }
    expectTypeOf(createSSEStream<Events>).toBeCallableWith(callback)
    expectTypeOf(createSSEStream<{ tick: number }>).toBeCallableWith(nameless)
    expectTypeOf(
      createSSEStream(
        // @ts-expect-error -- another payload
        async function* () {
          yield { event: 'tick', data: { now: '1' } }
        },
        { events },
      ),
    ).toEqualTypeOf<SSEStream>()
  })

  it('need no arguments', () => {
    async function* source(session: SSESession) {
      session.event('any', { a: 1 })
      session.json([1])
      yield { event: 'any', data: session.lastEventId }
      yield { data: 1 }
    }
    expect(createSSEStream(source)).toBeInstanceOf(ReadableStream)
    expect(createSSEStream(source, {})).toBeInstanceOf(ReadableStream)
  })
})
