import { getEventListeners } from 'node:events'
import type { SSEError } from '@tidewire/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { follow, type Followed } from '../test/followed.ts'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'
import type { EventStreamOptions } from './options.ts'

const { server, start, keep, answer, refuse, settle } = useScriptedStreams()

describe('the life of a stream', () => {
  it('goes from connecting over open and reconnecting to closed', async () => {
    const { stream, log } = await start()
    expect(stream.status).toBe('connecting')
    server.last.respond()
    await settle()
    expect(stream.status).toBe('open')
    server.last.end()
    await settle()
    expect(stream).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      nextRetryAt: 1000,
      error: { code: 'disconnected' },
    })
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.exchanges).toHaveLength(2)
    expect(stream).toMatchObject({ status: 'reconnecting', attempt: 1, nextRetryAt: undefined })
    server.last.respond()
    await settle()
    expect(stream).toMatchObject({ status: 'open', error: undefined })
    stream.close()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual', error: undefined, attempt: 0 })
    expect(log).toEqual(['open', 'error:disconnected', 'open', 'close:manual'])
  })

  it('is idle without a URL, and where it is not enabled', async () => {
    for (const url of [null, undefined, false, ''] as const) {
      const { stream } = follow(url, { fetch: server.fetch })
      await settle()
      expect(stream.status).toBe('idle')
      stream.open()
      stream.reconnect()
      await settle()
      expect(stream.status).toBe('idle')
    }
    const { stream } = await start({ enabled: false })
    expect(stream.status).toBe('idle')
    expect(server.exchanges).toEqual([])
  })

  it('sends nothing in the turn that creates it', () => {
    const { stream } = follow('https://example.test/', { fetch: server.fetch })
    expect(server.exchanges).toEqual([])
    stream.close()
    expect(server.exchanges).toEqual([])
  })

  it('starts from the position that it is given', async () => {
    const { stream } = await start({ lastEventId: 'é' })
    expect(stream.lastEventId).toBe('é')
    expect(server.last.header('Last-Event-ID')).toBe('\u00c3\u00a9')
  })
})

describe('the position', () => {
  it('goes along with a reconnection, and survives one whose stream sends none', async () => {
    await start()
    await answer('id: a\ndata: 1\n\n')
    await vi.advanceTimersByTimeAsync(1000)
    await answer('data: 2\n\n')
    await vi.advanceTimersByTimeAsync(1000)
    await answer('')
    await vi.advanceTimersByTimeAsync(1500)
    expect(server.exchanges.map((exchange) => exchange.header('Last-Event-ID'))).toEqual([null, 'a', 'a', 'a'])
  })

  it('moves with a block that holds an id and nothing else', async () => {
    const { stream, log } = await start()
    await answer('id: a\n\n')
    expect(stream.lastEventId).toBe('a')
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(log).toEqual(['open', 'error:disconnected'])
  })

  it('is none after an empty id', async () => {
    const { stream } = await start({ lastEventId: 'a' })
    await answer('id:\ndata: 1\n\n')
    expect(stream.lastEventId).toBe('')
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('does not move with an event that the stream ends in', async () => {
    const { stream } = await start()
    await answer('id: a\ndata: 1\n\nid: b\ndata: 2\n')
    expect(stream).toMatchObject({ lastEventId: 'a', data: 1 })
  })

  it('is left out of the request where no header can carry it', async () => {
    const { stream } = await start()
    await answer('id: a\u0001b\ndata: 1\n\n')
    expect(stream.lastEventId).toBe('a\u0001b')
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('is kept by close, and taken up by open', async () => {
    const { stream } = await start()
    server.last.respond().send('id: a\ndata: 1\n\n')
    await settle()
    stream.close()
    stream.open()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(stream).toMatchObject({ status: 'connecting', closeReason: undefined, data: 1 })
  })
})

describe('an answer that is no stream', () => {
  it('is the end where it is 204', async () => {
    const { stream, log } = await start()
    await refuse(204)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'complete', error: undefined })
    expect(log).toEqual(['close:complete'])
  })

  it.each([201, 205, 206, 400, 404, 410, 418])('is fatal where it is %i', async (status) => {
    const { stream, log } = await start()
    await refuse(status)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal', error: { code: 'http-status', status } })
    expect(log).toEqual(['error:http-status', 'close:fatal'])
  })

  it.each([401, 403])('is a denial where it is %i', async (status) => {
    const { stream } = await start()
    await refuse(status)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'denied', error: { code: 'http-status', status } })
  })

  it.each([408, 425, 429, 500, 502, 503, 599])('is tried again where it is %i', async (status) => {
    const { stream } = await start()
    await refuse(status)
    expect(stream).toMatchObject({ status: 'reconnecting', nextRetryAt: 1000, error: { code: 'http-status', status } })
    expect(server.last.isAbandoned).toBe(true)
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.exchanges).toHaveLength(2)
  })

  it('is fatal where it is of another type', async () => {
    const { stream } = await start()
    await refuse(200, { 'Content-Type': 'text/html' })
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'fatal',
      error: { code: 'content-type', status: 200 },
    })
    expect(server.last.isAbandoned).toBe(true)
  })

  it.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 9000],
    ['soon', 1000],
    ['99999999999999', 3_600_000],
  ])('is tried again no sooner than Retry-After: %s says', async (wait, due) => {
    const { stream } = await start()
    await refuse(503, { 'Retry-After': wait })
    expect(stream.nextRetryAt).toBe(due)
  })
})

describe('the wait for another attempt', () => {
  it('grows while the server answers and ends at once', async () => {
    const { stream } = await start()
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      await answer()
      waits.push(stream.nextRetryAt! - Date.now())
      await vi.advanceTimersByTimeAsync(waits.at(-1)!)
    }
    expect(waits).toEqual([1000, 1500, 2250, 3375])
    expect(stream.attempt).toBe(4)
  })

  it('begins anew after an event', async () => {
    const { stream } = await start()
    await answer()
    await vi.advanceTimersByTimeAsync(1000)
    await answer()
    await vi.advanceTimersByTimeAsync(1500)
    expect(stream.attempt).toBe(2)
    await answer('data: 1\n\n')
    expect(stream).toMatchObject({ attempt: 1, nextRetryAt: Date.now() + 1000 })
  })

  it('begins anew after a connection that stood for a while and had nothing to say', async () => {
    const { stream } = await start()
    await answer()
    await vi.advanceTimersByTimeAsync(1000)
    await answer()
    await vi.advanceTimersByTimeAsync(1500)
    const exchange = server.last.respond()
    await vi.advanceTimersByTimeAsync(5001)
    exchange.end()
    await settle()
    expect(stream).toMatchObject({ status: 'reconnecting', attempt: 1 })
  })

  it('grows also where the server takes its time to answer, and ends at once then', async () => {
    const { stream } = await start()
    for (const attempt of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(6000)
      await answer()
      expect(stream.attempt).toBe(attempt)
      await vi.advanceTimersByTimeAsync(stream.nextRetryAt! - Date.now())
    }
  })

  it('is not one millisecond shorter than it says', async () => {
    await start({ retry: { delay: 300 } })
    await answer()
    await vi.advanceTimersByTimeAsync(299)
    expect(server.exchanges).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(server.exchanges).toHaveLength(2)
  })

  it('is never shorter than the `retry` of the server, from then on', async () => {
    const { stream } = await start()
    await answer('retry: 5000\n\n')
    expect(stream.nextRetryAt).toBe(5000)
    await vi.advanceTimersByTimeAsync(5000)
    await answer('data: 1\n\n')
    expect(stream.nextRetryAt).toBe(10_000)
  })

  it('does not overflow, whatever the server asks for', async () => {
    const { stream } = await start()
    await answer(`retry: ${'9'.repeat(400)}\n\n`)
    expect(stream.nextRetryAt).toBe(3_600_000)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it.each(['-1', '1.5', '1e1', '', '1000x'])('does not change with `retry: %s`', async (value) => {
    const { stream } = await start()
    await answer(`retry: ${value}\n\n`)
    expect(stream.nextRetryAt).toBe(1000)
  })

  it('ends with the attempts', async () => {
    const { stream, log } = await start({ retry: { maxAttempts: 2, delay: 10 } })
    await refuse(500)
    await vi.advanceTimersByTimeAsync(10)
    await refuse(500)
    await vi.advanceTimersByTimeAsync(15)
    await refuse(500)
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'fatal',
      error: { code: 'http-status' },
      nextRetryAt: undefined,
    })
    expect(log).toEqual(['error:http-status', 'error:http-status', 'error:http-status', 'close:fatal'])
    expect(server.exchanges).toHaveLength(3)
  })

  it('is none without retry', async () => {
    const { stream } = await start({ retry: false })
    await answer()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal', error: { code: 'disconnected' } })
  })
})

describe('retry.when', () => {
  it('decides for every failure but 204, with the attempt that would follow', async () => {
    const when = vi.fn((error: SSEError) => error.status === 404)
    const { stream } = await start({ retry: { when } })
    await refuse(404)
    expect(stream.status).toBe('reconnecting')
    await vi.advanceTimersByTimeAsync(1000)
    await refuse(503)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal' })
    expect(when.mock.calls.map(([error, ...rest]) => [error.status, ...rest])).toEqual([
      [404, 1],
      [503, 2],
    ])
    stream.open()
    await settle()
    await refuse(204)
    expect(when).toHaveBeenCalledTimes(2)
  })

  it('that throws is reported, and ends the stream', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('when')
    const { stream } = await start({
      retry: {
        when() {
          throw failure
        },
      },
    })
    await refuse(503)
    expect(report).toHaveBeenCalledExactlyOnceWith(failure)
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'fatal',
      error: { code: 'http-status', status: 503 },
    })
  })

  it('may end the stream', async () => {
    const { stream, log } = await start({
      retry: {
        when() {
          stream.close()
          return true
        },
      },
    })
    await refuse(503)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual', nextRetryAt: undefined })
    expect(log).toEqual(['close:manual'])
  })

  it('has decided when onError is called', async () => {
    const seen: unknown[] = []
    const { stream } = await start({
      onError: () => seen.push([stream.status, stream.nextRetryAt, stream.attempt]),
      retry: { when: ({ status }) => status === 404 },
    })
    await refuse(404)
    expect(seen).toEqual([['reconnecting', 1000, 1]])
  })
})

describe('a failure to connect', () => {
  it('is a lost connection', async () => {
    const { stream } = await start()
    const cause = new TypeError('refused')
    server.last.fail(cause)
    await settle()
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'network', cause } })
  })

  it('is a lost connection in the middle of the stream, too', async () => {
    const { stream, log } = await start()
    const cause = new TypeError('terminated')
    server.last.respond().send('id: a\ndata: 1\n\nid: b\ndata: 2\n')
    await settle()
    server.last.fail(cause)
    await settle()
    expect(stream).toMatchObject({ status: 'reconnecting', lastEventId: 'a', error: { code: 'network', cause } })
    expect(log).toEqual(['open', 'message:1', 'error:network'])
  })

  it('is one where the fetch of the user throws', async () => {
    const cause = new Error('sync')
    const { stream } = await start({
      fetch() {
        throw cause
      },
    })
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'network', cause } })
  })

  it.each([
    ['an invalid URL', 'http://', {}],
    ['a URL that is not complete', '/events', {}],
    ['a header that cannot be sent', 'https://example.test/', { headers: { 'X-Token': 'a\nb' } }],
    ['a header from a function that cannot be sent', 'https://example.test/', { headers: () => ({ 'X-Token': 'é→' }) }],
    ['a body that cannot be written', 'https://example.test/', { body: { big: 1n } }],
    ['a body for GET', 'https://example.test/', { body: 'a', method: 'GET' }],
    ['a stream for a body', 'https://example.test/', { body: new ReadableStream() }],
    ['a method that is none', 'https://example.test/', { method: 'GET ME' }],
  ])('is fatal for %s', async (_, url, options: EventStreamOptions) => {
    vi.stubGlobal('fetch', server.fetch)
    const { stream, log } = follow(url, options)
    await settle()
    vi.unstubAllGlobals()
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'fatal',
      error: { code: 'invalid-request', cause: expect.any(TypeError) as unknown },
    })
    expect(log).toEqual(['error:invalid-request', 'close:fatal'])
    expect(server.exchanges).toEqual([])
  })
})

describe('headers', () => {
  it('are asked for anew for each attempt', async () => {
    let token = 0
    await start({ headers: () => Promise.resolve({ Authorization: `Bearer ${++token}` }) })
    await refuse(503)
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.exchanges.map((exchange) => exchange.header('Authorization'))).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it.each([
    [
      'throw',
      () => {
        throw new Error('headers')
      },
    ],
    ['reject', () => Promise.reject(new Error('headers'))],
  ])('that %s are tried again', async (_, headers: () => Promise<HeadersInit>) => {
    const { stream } = await start({ headers })
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'headers', cause: { message: 'headers' } } })
    expect(server.exchanges).toEqual([])
  })

  it('that come after the end send nothing', async () => {
    const headers = Promise.withResolvers<HeadersInit>()
    const { stream, log } = await start({ headers: () => headers.promise })
    stream.close()
    headers.resolve({})
    await settle()
    expect(server.exchanges).toEqual([])
    expect(log).toEqual(['close:manual'])
  })

  it('that fail after the end are no failure', async () => {
    const headers = Promise.withResolvers<HeadersInit>()
    const { stream, log } = await start({ headers: () => headers.promise })
    stream.close()
    headers.reject(new Error('late'))
    await settle()
    expect(log).toEqual(['close:manual'])
    expect(stream.error).toBeUndefined()
  })
})

describe('a POST', () => {
  it('is never repeated unasked, however it ends', async () => {
    const ends: [() => void, string][] = [
      [() => server.last.respond().send('data: 1\n\n').end(), 'disconnected'],
      [() => server.last.fail(), 'network'],
      [() => server.last.respond({ status: 503 }), 'http-status'],
    ]
    for (const [end, code] of ends) {
      const { stream } = await start({ body: { prompt: 'hi' } })
      const { length } = server.exchanges
      end()
      await vi.advanceTimersByTimeAsync(100_000)
      expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal', error: { code } })
      expect(server.exchanges).toHaveLength(length)
    }
  })

  it('is repeated where `retry` is given, with the same body', async () => {
    await start({ body: { prompt: 'hi' }, retry: {} })
    await refuse(503)
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.exchanges.map(({ init }) => [init.method, init.body])).toEqual([
      ['POST', '{"prompt":"hi"}'],
      ['POST', '{"prompt":"hi"}'],
    ])
  })

  it('is complete where the server says so', async () => {
    const { stream } = await start({ body: 'x' })
    await answer('data: 1\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n')
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'complete', error: undefined })
  })

  it.each(['PUT', 'DELETE', 'patch'])('is like %s', async (method) => {
    const { stream } = await start({ method })
    await answer()
    expect(stream.closeReason).toBe('fatal')
    expect(server.last.init.method).toBe(method.toUpperCase())
  })
})

/** Each moment in a stream's life in which somebody may want something of it. */
const phases: Record<string, (options?: EventStreamOptions) => Promise<Followed>> = {
  'the turn that creates it': (options) => {
    const one = keep(follow('https://example.test/', { fetch: server.fetch, ...options }))
    return Promise.resolve(one)
  },
  headers: (options) => {
    let isFirst = true
    // Hangs, but only once.
    const headers = (): HeadersInit | Promise<HeadersInit> => {
      const answer = isFirst ? new Promise<never>(() => {}) : {}
      isFirst = false
      return answer
    }
    return start({ headers, ...options })
  },
  'the request': (options) => start(options),
  'an open stream': async (options) => {
    const one = await start(options)
    server.last.respond().send('id: a\ndata: 1\n\n')
    await settle()
    return one
  },
  'the wait for another attempt': async (options) => {
    const one = await start(options)
    await answer('id: a\ndata: 1\n\n')
    expect(one.stream.status).toBe('reconnecting')
    return one
  },
  'another attempt': async (options) => {
    const one = await start(options)
    await answer('id: a\ndata: 1\n\n')
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.live).toHaveLength(1)
    return one
  },
}

describe.each(Object.entries(phases))('in %s', (_, reach) => {
  it('close() ends everything at once, and once', async () => {
    const { stream, log } = await reach()
    const { length } = server.exchanges
    stream.close()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual', error: undefined, nextRetryAt: undefined })
    expect(stream.getSnapshot()).toMatchObject({ status: 'closed' })
    expect(server.live).toEqual([])
    stream.close()
    await vi.advanceTimersByTimeAsync(100_000)
    expect(log.filter((line) => line.startsWith('close'))).toEqual(['close:manual'])
    expect(log.at(-1)).toBe('close:manual')
    expect(server.exchanges).toHaveLength(length)
    expect(stream.status).toBe('closed')
  })

  it('open() makes no second connection', async () => {
    const { stream } = await reach()
    const { status } = stream
    stream.open()
    expect(stream.status).toBe(status)
    await settle()
    expect(server.live.length).toBeLessThanOrEqual(1)
    expect(server.exchanges.length).toBeLessThanOrEqual(2)
  })

  it('reconnect() leaves one connection, from the last position', async () => {
    const { stream, log } = await reach()
    const { lastEventId } = stream
    stream.reconnect()
    stream.reconnect()
    expect(stream).toMatchObject({ status: 'reconnecting', attempt: 0, nextRetryAt: undefined })
    await settle()
    expect(server.live).toEqual([server.last])
    expect(server.last.header('Last-Event-ID') ?? '').toBe(lastEventId)
    server.last.respond()
    await settle()
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.live).toEqual([server.last])
    expect(stream.status).toBe('open')
    expect(log.filter((line) => line.startsWith('close'))).toEqual([])
  })

  it('an aborted signal closes, and leaves no listener', async () => {
    const controller = new AbortController()
    const { stream, log } = await reach({ signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual', error: undefined })
    expect(log.at(-1)).toBe('close:manual')
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    await settle()
    expect(server.live).toEqual([])
  })

  it('close() takes its listener off the signal', async () => {
    const { signal } = new AbortController()
    const { stream } = await reach({ signal })
    stream.close()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('a signal', () => {
  it('that is aborted already sends nothing', async () => {
    const { stream, log } = await start({ signal: AbortSignal.abort() })
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual' })
    expect(log).toEqual(['close:manual'])
    expect(server.exchanges).toEqual([])
    stream.open()
    await settle()
    expect(stream.status).toBe('closed')
    expect(server.exchanges).toEqual([])
  })

  it('holds one listener, however often the stream reconnects', async () => {
    const { signal } = new AbortController()
    const { stream } = await start({ signal })
    for (let i = 0; i < 5; i++) {
      stream.reconnect()
      await settle()
      await answer('data: 1\n\n')
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  })

  it('of the request holds no listener of an attempt that is over', async () => {
    server.restart({ obeysSignal: false })
    const { stream } = await start()
    const counts: number[] = []
    for (let i = 0; i < 5; i++) {
      await answer('data: 1\n\n')
      counts.push(getEventListeners(server.last.init.signal!, 'abort').length)
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(counts).toEqual([0, 0, 0, 0, 0])
    stream.close()
    expect(getEventListeners(server.last.init.signal!, 'abort')).toEqual([])
    server.last.fail()
  })
})

describe('callbacks that act on the stream', () => {
  it('close it in onOpen: nothing is read', async () => {
    const { stream, log } = await start({ onOpen: () => stream.close() })
    server.last.respond().send('data: 1\n\n')
    await settle()
    expect(log).toEqual(['open', 'close:manual'])
    expect(server.last.isAbandoned).toBe(true)
  })

  it('close it in onError: nothing is tried again', async () => {
    const { stream, log } = await start({ onError: () => stream.close() })
    await refuse(503)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(log).toEqual(['error:http-status', 'close:manual'])
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual', error: undefined })
    expect(server.exchanges).toHaveLength(1)
  })

  it('reconnect in onError: one connection, at once', async () => {
    let isFirst = true
    const { stream } = await start({
      onError() {
        if (isFirst) stream.reconnect()
        isFirst = false
      },
    })
    await refuse(404)
    expect(server.exchanges).toHaveLength(2)
    server.last.respond()
    await settle()
    expect(stream).toMatchObject({ status: 'open', error: undefined })
  })

  it('reconnect in onOpen: the first connection is given up', async () => {
    let isFirst = true
    const { stream } = await start({
      onOpen() {
        if (isFirst) stream.reconnect()
        isFirst = false
      },
    })
    server.last.respond().send('data: 1\n\n')
    await settle()
    expect(server.exchanges.map(({ isLive }) => isLive)).toEqual([false, true])
    server.last.respond()
    await settle()
    expect(stream.status).toBe('open')
  })

  it('open it again in onClose: a new life begins', async () => {
    let isFirst = true
    const { stream, log } = await start({
      onClose() {
        if (isFirst) stream.open()
        isFirst = false
      },
    })
    await refuse(404)
    expect(stream).toMatchObject({ status: 'connecting', closeReason: undefined, error: undefined })
    expect(server.exchanges).toHaveLength(2)
    expect(log).toEqual(['error:http-status', 'close:fatal'])
  })

  it('throw, in any of them, and stop nobody', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('callback')
    const fail = () => {
      throw failure
    }
    const { stream, log } = await start({ onOpen: fail, onError: fail, onClose: fail })
    await answer('data: 1\n\n')
    await vi.advanceTimersByTimeAsync(1000)
    await answer('event: sse.bye\ndata: {"reason":"complete"}\n\n')
    expect(stream.closeReason).toBe('complete')
    expect(log).toEqual(['open', 'message:1', 'error:disconnected', 'open', 'close:complete'])
    expect(report.mock.calls).toEqual([[failure], [failure], [failure], [failure]])
  })
})

describe('verbs in one turn', () => {
  it('leave nothing behind, in any order', async () => {
    const { stream, log } = await start()
    server.last.respond()
    await settle()
    stream.close()
    stream.open()
    stream.close()
    stream.reconnect()
    stream.open()
    stream.reconnect()
    await settle()
    expect(server.exchanges).toHaveLength(2)
    expect(server.live).toEqual([server.last])
    expect(log).toEqual(['open', 'close:manual', 'close:manual'])
  })
})

describe('a fetch that does not know the signal', () => {
  beforeEach(() => {
    server.restart({ obeysSignal: false })
  })

  it('has its late answer discarded', async () => {
    const { stream, log } = await start()
    stream.close()
    server.last.respond().send('data: 1\n\n')
    await settle()
    expect(log).toEqual(['close:manual'])
    expect(server.last.isAbandoned).toBe(true)
  })

  it('has its late failure ignored', async () => {
    const { stream, log } = await start()
    stream.close()
    server.last.fail()
    await settle()
    expect(log).toEqual(['close:manual'])
    expect(stream.error).toBeUndefined()
  })

  it('has its body cancelled', async () => {
    const { stream } = await start()
    server.last.respond()
    await settle()
    stream.close()
    await settle()
    expect(server.last.isAbandoned).toBe(true)
  })
})

describe('an event that is too large', () => {
  it('is a gap, and the position moves past it', async () => {
    const onGap = vi.fn()
    const { stream, log } = await start({ maxEventSize: 10, onGap })
    server.last.respond().send('id: a\ndata: 1\n\nid: b\ndata: 12345678901\n\n')
    await settle()
    expect(stream).toMatchObject({ status: 'open', lastEventId: 'b', error: { code: 'too-large' } })
    expect(onGap.mock.calls).toEqual([[{ reason: 'dropped', error: stream.error }]])
    server.last.send('data: 2\n\n')
    await settle()
    expect(stream.error).toBeUndefined()
    expect(log).toEqual(['open', 'message:1', 'error:too-large', 'gap:dropped', 'message:2'])
  })
})
