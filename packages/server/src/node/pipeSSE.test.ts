import { getEventListeners, once } from 'node:events'
import { get, type IncomingMessage, request, type ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { collectErrors } from '../../test/collectErrors.ts'
import { ask, type Exchange, readUntil, serve, servePiped, stalled } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import { createProgressStream, createSSEStream, type SSESession, type SSEStreamOptions } from '../index.ts'
import { GRACE } from '../session.ts'
import { pipeSSE } from './index.ts'

const LAST_CHUNK = '\r\n0\r\n\r\n'
const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

async function fetchText(port: number): Promise<string> {
  const response = await fetch(`http://localhost:${port}`)
  return response.text()
}

/** A source that is open for as long as its reader stays, and the promise of its session. */
function openSource() {
  const { promise: session, resolve } = Promise.withResolvers<SSESession>()
  return { session, source: (given: SSESession): void => resolve(given) }
}

/** Serves HTTP/2 until the test is over. Returns the port. */
async function serveHTTP2(
  route: (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void,
): Promise<number> {
  const server = http2.createServer(route).listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function requestHTTP2(port: number, headers?: http2.OutgoingHttpHeaders): http2.ClientHttp2Stream {
  const client = http2.connect(`http://localhost:${port}`)
  onTestFinished(() => client.close())
  return client.request({ ':path': '/', ...headers })
}

describe('a response', () => {
  it('carries the events of a stream to its end', async () => {
    const { port, exchange } = await servePiped(() =>
      createSSEStream(async function* () {
        yield { event: 'tick', data: { now: 1 } }
        await turn()
        yield { data: 'a\nb', id: 7 }
      }),
    )
    expect(await fetchText(port)).toBe(`event: tick\ndata: {"now":1}\n\nid: 7\ndata: a\ndata: b\n\n${COMPLETE}`)
    const { piped } = await exchange
    await piped
  })

  it('begins with its head, before there is any event', async () => {
    const { source, session } = openSource()
    const { port } = await servePiped(() => createSSEStream(source))
    const response = await fetch(`http://localhost:${port}`)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
      'transfer-encoding': 'chunked',
    })
    ;(await session).close()
    expect(await response.text()).toBe(COMPLETE)
  })

  it('has no length, whatever the route has set', async () => {
    const { port } = await servePiped((_, res) => {
      res.setHeader('Content-Length', 5)
      return createSSEStream(async (session) => void session.json('longer than that'))
    })
    expect(await fetchText(port)).toContain('data: "longer than that"')
  })

  it('keeps the headers that it has, then those of the options', async () => {
    const { port } = await servePiped((_, res) => {
      res.statusCode = 202
      res.setHeader('Cache-Control', 'no-store')
      res.setHeader('X-A', 'route')
      res.setHeader('Set-Cookie', 'a=1')
      return createSSEStream(async () => {}, { headers: { 'x-a': 'options', 'x-b': 'options', 'set-cookie': 'b=2' } })
    })
    const response = await fetch(`http://localhost:${port}`)
    expect(response.status).toBe(202)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-a')).toBe('route')
    expect(response.headers.get('x-b')).toBe('options')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    await response.text()
  })

  it('leaves in one write per turn', async () => {
    const writes: unknown[] = []
    const { port } = await servePiped((_, res) => {
      const write = res.write.bind(res)
      res.write = (chunk: string) => {
        writes.push(chunk)
        return write(chunk)
      }
      return createSSEStream(async (session) => {
        for (let index = 0; index < 100; index++) session.json(index)
        await turn()
        await turn()
        session.json('next')
      })
    })
    await fetchText(port)
    expect(writes).toEqual([expect.stringMatching(/^(data: \d+\n\n){100}$/), `data: "next"\n\n${COMPLETE}`])
  })

  it('leaves through a `write` of middleware that returns nothing', async () => {
    const data = 'x'.repeat(100_000)
    const { port } = await servePiped((_, res) => {
      const write = res.write.bind(res)
      res.write = ((chunk: string) => void write(chunk)) as unknown as typeof res.write
      return createSSEStream(async function* () {
        for (let index = 0; index < 50; index++) yield { data }
      })
    })
    expect(await fetchText(port)).toHaveLength(50 * (data.length + 8) + COMPLETE.length)
  })

  it('takes the position of its reader from the request', async () => {
    const { port } = await servePiped(() =>
      createSSEStream(async (session) => void session.json([session.lastEventId, session.request !== undefined])),
    )
    const response = await fetch(`http://localhost:${port}`, { headers: { 'Last-Event-ID': 'a.7' } })
    expect(await response.text()).toContain('data: ["a.7",true]\n')
  })

  it('keeps its connection for the next request', async () => {
    const { port } = await servePiped(() => createSSEStream(async (session) => void session.json(1)))
    const socket = await ask(port)
    await readUntil(socket, LAST_CHUNK)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(await readUntil(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close[^]*\r\n0\r\n\r\n$/i)
  })

  it('ends with its connection for an HTTP/1.0 reader', async () => {
    const { port, exchange } = await servePiped(() => createSSEStream(async (session) => void session.json(1)))
    const socket = await ask(port, 'GET / HTTP/1.0')
    const answer = await readUntil(socket)
    expect(answer).toContain(`\r\n\r\ndata: 1\n\n${COMPLETE}`)
    expect(answer).not.toMatch(/transfer-encoding/i)
    const { piped } = await exchange
    await piped
  })

  it('is its head alone for HEAD, and the source never starts', async () => {
    const source = vi.fn<() => void>()
    const { port, exchange } = await servePiped(() => createSSEStream(source))
    const response = await fetch(`http://localhost:${port}`, { method: 'HEAD' })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const { piped } = await exchange
    await piped
    expect(source).not.toHaveBeenCalled()
  })

  it('answers a POST whose body was read', async () => {
    const port = await serve(async (req, res) => {
      const body = await text(req)
      await pipeSSE(
        createSSEStream(async function* () {
          for (let index = 0; index < 3; index++) {
            yield { data: body }
            await turn()
          }
        }),
        req,
        res,
      )
    })
    const response = await fetch(`http://localhost:${port}`, { method: 'POST', body: 'hi' })
    expect(await response.text()).toBe(`${'data: hi\n\n'.repeat(3)}${COMPLETE}`)
  })

  it('carries an event of 50 MB', { timeout: 30_000 }, async () => {
    const data = 'é'.repeat(25_000_000)
    const { port } = await servePiped(() =>
      createSSEStream(async function* () {
        yield { data }
        yield { data: 'after' }
      }),
    )
    const received = await fetchText(port)
    expect(received.length).toBe(data.length + `data: \n\ndata: after\n\n${COMPLETE}`.length)
  })

  it('follows a task', async () => {
    const { port } = await servePiped(() => createProgressStream(async (update) => update(50)))
    expect(await fetchText(port)).toBe(
      `event: progress\ndata: {"percent":50}\n\nevent: complete\ndata: {}\n\n${COMPLETE}`,
    )
  })

  it('says that its source failed', async () => {
    const { onError } = collectErrors()
    const { port, exchange } = await servePiped(() =>
      createSSEStream(async () => Promise.reject(new Error('secret')), { onError }),
    )
    expect(await fetchText(port)).toBe('event: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n')
    const { piped } = await exchange
    await piped
  })

  it('is cut off instead where it may not say so, after what was sent', async () => {
    const { onError } = collectErrors()
    const { port, exchange } = await servePiped(() =>
      createSSEStream(
        async function* () {
          yield { data: 1 }
          throw new Error('secret')
        },
        { onError, bye: false },
      ),
    )
    const socket = await ask(port)
    const answer = await readUntil(socket)
    expect(answer).toContain('data: 1\n\n')
    expect(answer.endsWith(LAST_CHUNK)).toBe(false)
    const { piped } = await exchange
    await piped
  })

  it('works over HTTP/2', async () => {
    const log: string[] = []
    const port = await serveHTTP2((req, res) => {
      const stream = createSSEStream(async function* ({ lastEventId, signal }) {
        try {
          yield { data: lastEventId }
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        } finally {
          log.push('finally')
        }
      })
      void pipeSSE(stream, req, res).then(() => log.push('piped'))
    })
    const stream = requestHTTP2(port, { 'last-event-id': '7' })
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream; charset=utf-8' })
    expect(headers).not.toHaveProperty('connection')
    expect(String((await once(stream, 'data'))[0])).toBe('data: 7\n\n')
    stream.close()
    await once(stream, 'close')
    await vi.waitFor(() => expect(log).toEqual(['finally', 'piped']))
  })
})

describe('a failure over HTTP/2', () => {
  async function followOverHTTP2(stream: () => ReadableStream<Uint8Array>) {
    const request = requestHTTP2(await serveHTTP2((req, res) => void pipeSSE(stream(), req, res).catch(() => {})))
    // A reset is told as an error, after what was received.
    const errors: unknown[] = []
    request.on('error', (error) => errors.push(error))
    let received = ''
    request.setEncoding('utf8').on('data', (chunk) => (received += String(chunk)))
    // Not `once`, which rejects for the error.
    await new Promise((resolve) => request.on('close', resolve))
    return { received, errors, code: request.rstCode }
  }

  it('is no clean end for a reader that is not told of it', async () => {
    const { onError } = collectErrors()
    const { received, errors, code } = await followOverHTTP2(() =>
      createSSEStream(
        async function* () {
          yield { data: 1 }
          throw new Error('secret')
        },
        { onError, bye: false },
      ),
    )
    expect(received).toBe('data: 1\n\n')
    expect(errors).toHaveLength(1)
    expect(code).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR)
  })

  it('is no clean end of a foreign stream', async () => {
    const { errors, code } = await followOverHTTP2(
      () => new ReadableStream({ pull: (controller) => controller.error(new Error('foreign')) }),
    )
    expect(errors).toHaveLength(1)
    expect(code).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR)
  })
})

describe('a reader that leaves', () => {
  async function openAndLeave(request: (port: number) => Promise<IncomingMessage>): Promise<string[]> {
    const log: string[] = []
    const { errors, onError } = collectErrors()
    const { port, exchange } = await servePiped(() =>
      createSSEStream(
        async function* ({ signal }) {
          try {
            yield { data: 'first' }
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
            log.push('abort')
          } finally {
            log.push('finally')
          }
        },
        { onError },
      ),
    )
    const response = await request(port)
    await once(response, 'data')
    response.destroy()
    const { piped } = await exchange
    await piped
    await turn()
    expect(errors).toEqual([])
    return log
  }

  it('ends a source that waits', async () => {
    const log = await openAndLeave((port) => new Promise((resolve) => get({ port }, resolve)))
    expect(log).toEqual(['abort', 'finally'])
  })

  it('ends the source of a POST, too', async () => {
    const log = await openAndLeave(
      (port) => new Promise((resolve) => request({ port, method: 'POST' }, resolve).end('body')),
    )
    expect(log).toEqual(['abort', 'finally'])
  })

  it('rejects the `send` that waits for its stalled connection', async () => {
    const failed = Promise.withResolvers<unknown>()
    let sent = 0
    const { port, exchange } = await servePiped(() =>
      createSSEStream(async (session) => {
        const data = 'x'.repeat(100_000)
        try {
          for (; ; sent++) await session.send({ data })
        } catch (error) {
          failed.resolve(error)
        }
      }),
    )
    const socket = await ask(port)
    await stalled((await exchange).res, () => sent)
    socket.destroy()
    expect(await failed.promise).toMatchObject({ name: 'SSEError', code: 'closed' })
    const { piped } = await exchange
    await piped
  })

  it('before the answer begins is no failure, and the source never starts', async () => {
    const source = vi.fn<() => void>()
    const { promise: piped, resolve } = Promise.withResolvers<void>()
    const port = await serve((req, res) => {
      res.once('close', () => void pipeSSE(createSSEStream(source), req, res).then(resolve))
    })
    const socket = await ask(port)
    socket.destroy()
    await piped
    expect(source).not.toHaveBeenCalled()
  })

  it('after the end was written lets the response go', async () => {
    const { source, session } = openSource()
    const { port, exchange } = await servePiped(() => createSSEStream(source, { maxBufferSize: 10_000_000 }))
    const socket = await ask(port)
    const data = 'x'.repeat(100_000)
    while ((await session).write({ data })) await turn()
    ;(await session).close()
    socket.destroy()
    const { piped } = await exchange
    await expect(piped).resolves.toBeUndefined()
  })

  it('is what a response means that someone else ends', async () => {
    const { source, session } = openSource()
    const waiting = Promise.withResolvers<ServerResponse>()
    const piped = Promise.withResolvers<void>()
    const port = await serve((req, res) => {
      if (req.url === '/waits') return waiting.resolve(res)
      void pipeSSE(createSSEStream(source), req, res).then(piped.resolve)
      res.end()
    })
    // Behind another response of its connection, this one is ended for long before it closes.
    await ask(port, 'GET /waits HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a')
    ;(await session).json('late')
    await turn()
    await turn()
    ;(await waiting.promise).end()
    await piped.promise
    expect((await session).signal.aborted).toBe(true)
  })

  it('is cut off by the signal while it stalls', async () => {
    const { source, session } = openSource()
    const controller = new AbortController()
    const { port, exchange } = await servePiped(() => createSSEStream(source, { signal: controller.signal }))
    await ask(port)
    const data = 'x'.repeat(100_000)
    while ((await session).write({ data })) await turn()
    controller.abort()
    const { piped, res } = await exchange
    await piped
    expect(res.writableFinished).toBe(false)
  })
})

describe('a reader that stalls', () => {
  it('holds its generator back, and gets all when it reads on', { timeout: 30_000 }, async () => {
    const data = 'x'.repeat(10_000)
    const count = 2000
    let asked = 0
    const { port, exchange } = await servePiped(() =>
      createSSEStream(async function* () {
        for (; asked < count; asked++) yield { data }
      }),
    )
    const socket = await ask(port)
    const { res } = await exchange
    await stalled(res, () => asked)
    expect(asked).toBeLessThan(count)
    expect(res.writableLength).toBeLessThan(1024 * 1024)
    const answer = await readUntil(socket, LAST_CHUNK)
    expect(answer.match(/data: x/g)).toHaveLength(count)
    expect(answer).toContain(COMPLETE)
  })

  it('costs no more than the buffer, whatever is written', async () => {
    const { source, session } = openSource()
    const { port, exchange } = await servePiped(() => createSSEStream(source, { maxBufferSize: 100_000 }))
    await ask(port)
    const { res } = await exchange
    const data = 'x'.repeat(990)
    let refused = 0
    // The kernel takes some; then each turn refuses everything.
    while (refused < 1000) {
      if ((await session).write({ data })) refused = 0
      else refused++
      if (refused % 100 === 0) await turn()
    }
    expect(res.writableLength).toBeLessThanOrEqual(100_000)
    ;(await session).close()
  })
})

describe('a reader that never reads', () => {
  function withFakeTimeouts(): void {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      expect(vi.getTimerCount(), 'timers left').toBe(0)
      vi.useRealTimers()
    })
  }

  /** A stream that has ended by itself, with most of it yet to leave. */
  async function drain(options: SSEStreamOptions): Promise<Exchange> {
    const ended = Promise.withResolvers<void>()
    const { port, exchange } = await servePiped(() =>
      createSSEStream(
        async (session) => {
          session.onClose(ended.resolve)
          for (let index = 0; index < 12; index++) session.write({ data: 'x'.repeat(800_000) })
        },
        { maxBufferSize: 20_000_000, ...options },
      ),
    )
    await ask(port)
    await ended.promise
    const given = await exchange
    await stalled(given.res, () => given.res.writableLength)
    return given
  }

  /** A response that has room still, though the connection takes nothing more. */
  async function fill(options: SSEStreamOptions): Promise<Exchange & { session: SSESession }> {
    const { source, session } = openSource()
    const { port, exchange } = await servePiped(() => createSSEStream(source, options))
    await ask(port)
    const given = await exchange
    while (given.res.writableLength === 0) {
      ;(await session).write({ data: 'x'.repeat(8000) })
      for (let count = 0; count < 10; count++) await turn()
    }
    expect(given.res.writableNeedDrain).toBe(false)
    return { ...given, session: await session }
  }

  it('is cut off by the timeout after the source has ended', async () => {
    withFakeTimeouts()
    const { piped, res } = await drain({ timeout: 500 })
    vi.advanceTimersByTime(500)
    await piped
    expect(res.writableFinished).toBe(false)
  })

  it('is cut off by the signal after the source has ended', async () => {
    const controller = new AbortController()
    const { piped, res } = await drain({ signal: controller.signal })
    controller.abort()
    await piped
    expect(res.writableFinished).toBe(false)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('is cut off over HTTP/2, too', async () => {
    const controller = new AbortController()
    const { source, session } = openSource()
    const piped = Promise.withResolvers<void>()
    const port = await serveHTTP2((req, res) => {
      void pipeSSE(createSSEStream(source, { signal: controller.signal }), req, res).then(piped.resolve)
    })
    const request = requestHTTP2(port).pause()
    request.on('error', () => {})
    const data = 'x'.repeat(100_000)
    while ((await session).write({ data })) await turn()
    ;(await session).close()
    controller.abort()
    await piped.promise
    const closed = new Promise((resolve) => request.on('close', resolve))
    request.resume()
    await closed
    expect(request.rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR)
  })

  it('has a moment after the timeout, and is cut off then', async () => {
    withFakeTimeouts()
    const { piped, res, session } = await fill({ timeout: 500 })
    vi.advanceTimersByTime(500)
    await session.closed
    vi.advanceTimersByTime(GRACE - 1)
    await turn()
    expect(res).toMatchObject({ writableEnded: true, destroyed: false })
    vi.advanceTimersByTime(1)
    await piped
    expect(res.writableFinished).toBe(false)
  })

  it('has a moment after the signal, and is cut off then', async () => {
    withFakeTimeouts()
    const controller = new AbortController()
    const { piped, res } = await fill({ signal: controller.signal })
    controller.abort()
    vi.advanceTimersByTime(GRACE)
    await piped
    expect(res.writableFinished).toBe(false)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('has it also when the stream had ended before', async () => {
    withFakeTimeouts()
    const { piped, res, session } = await fill({ timeout: 500 })
    session.close()
    await turn()
    await turn()
    expect(res.writableEnded).toBe(true)
    vi.advanceTimersByTime(500 + GRACE)
    await piped
    expect(res.writableFinished).toBe(false)
  })
})

describe('a foreign stream of bytes', () => {
  it('is carried as it is, with the headers of an event stream', async () => {
    const { port, exchange } = await servePiped(() => new Response('data: foreign\n\n').body!)
    const response = await fetch(`http://localhost:${port}`)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toBe('data: foreign\n\n')
    const { piped } = await exchange
    await piped
  })

  it('is read no faster than its reader reads', async () => {
    let pulled = 0
    const cancelled = Promise.withResolvers<void>()
    const { port, exchange } = await servePiped(
      () =>
        new ReadableStream({
          pull(controller) {
            pulled++
            controller.enqueue(new Uint8Array(100_000))
          },
          cancel: () => cancelled.resolve(),
        }),
    )
    const socket = await ask(port)
    const { res, piped } = await exchange
    await stalled(res, () => pulled)
    expect(res.writableLength).toBeLessThan(300_000)
    socket.destroy()
    await cancelled.promise
    await piped
  })

  it('is cancelled when its reader leaves while it is idle', async () => {
    const cancelled = Promise.withResolvers<void>()
    const { port, exchange } = await servePiped(() => new ReadableStream({ cancel: () => cancelled.resolve() }))
    const socket = await ask(port)
    const { piped } = await exchange
    socket.destroy()
    await cancelled.promise
    await expect(piped).resolves.toBeUndefined()
  })

  it('that fails is cut off, and its error is told to the route', async () => {
    const reason = new Error('foreign')
    const { port, exchange } = await servePiped(
      () => new ReadableStream({ pull: (controller) => controller.error(reason) }),
    )
    await expect(fetchText(port)).rejects.toThrow(TypeError)
    await expect((await exchange).piped).rejects.toBe(reason)
  })
})

describe('misuse', () => {
  async function answerWith(route: Parameters<typeof serve>[0]): Promise<string> {
    return fetchText(await serve(route))
  }

  it.each<[string, (req: IncomingMessage, res: ServerResponse) => unknown[], string]>([
    ['a response of fetch', (req, res) => [createSSEStream(openSource().source).toResponse(), req, res], 'a Response'],
    ['a generator', (req, res) => [(async function* () {})(), req, res], 'Expected `stream`'],
    ['arguments in another order', (req, res) => [req, res, createSSEStream(() => {})], 'Expected `stream`'],
    [
      'no response',
      (req) => [createSSEStream(() => {}), req],
      'Expected `res` to be a response of node, got undefined',
    ],
    [
      'no request',
      (_req, res) => [createSSEStream(() => {}), undefined, res],
      'Expected `req` to be a request of node',
    ],
    [
      'an option that there is not',
      (req, res) => [createSSEStream(() => {}), req, res, { heartbeat: 1 }],
      'Expected the options of `pipeSSE` to be among compression, got "heartbeat"',
    ],
  ])('is %s, before the head has left', async (_, given, message) => {
    const port = await serve(async (req, res) => {
      const refused = pipeSSE(...(given(req, res) as Parameters<typeof pipeSSE>))
      const error = await refused.catch((reason: unknown) => reason)
      res.end(JSON.stringify([res.headersSent, error instanceof TypeError, String(error)]))
    })
    const response = await fetch(`http://localhost:${port}`)
    expect(await response.json()).toEqual([false, true, expect.stringContaining(message)])
  })

  it('is a stream that is used twice', async () => {
    const stream = createSSEStream(async (session) => void session.json(1))
    const log: unknown[] = []
    const port = await serve((req, res) => {
      pipeSSE(stream, req, res).catch((error: unknown) => {
        log.push(error)
        res.end('busy')
      })
    })
    expect(await fetchText(port)).toBe(`data: 1\n\n${COMPLETE}`)
    expect(await fetchText(port)).toBe('busy')
    expect(log).toEqual([expect.any(TypeError)])
    expect(() => stream.toResponse()).toThrow(TypeError)
  })

  it('is a stream that was read already', async () => {
    const stream = createSSEStream((session) => void session.json(1))
    const reader = stream.getReader()
    await reader.read()
    reader.releaseLock()
    const answer = await answerWith((req, res) => {
      pipeSSE(stream, req, res).catch((error: unknown) => res.end(String(error)))
    })
    expect(answer).toMatch(/^TypeError: Expected a stream that is not in use/)
    await stream.cancel()
  })

  it('is a response whose head was sent', async () => {
    const source = vi.fn<() => void>()
    const answer = await answerWith((req, res) => {
      res.writeHead(200)
      pipeSSE(createSSEStream(source), req, res).catch((error: unknown) => res.end(String(error)))
    })
    expect(answer).toMatch(/^TypeError: Expected a response whose head was not sent/)
    expect(source).not.toHaveBeenCalled()
  })

  it('leaves no stream behind that nobody will read', async () => {
    const cancel = vi.fn<() => Promise<void>>(async () => Promise.reject(new Error('cancel')))
    const answer = await answerWith((req, res) => {
      res.writeHead(200)
      pipeSSE(new ReadableStream({ cancel }), req, res).catch((error: unknown) => res.end(String(error)))
    })
    expect(answer).toMatch(/^TypeError: Expected a response whose head was not sent/)
    expect(cancel).toHaveBeenCalledOnce()
  })
})
