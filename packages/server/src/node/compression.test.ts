import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { collectErrors } from '../../test/collectErrors.ts'
import { ask, type Exchange, serve, stalled } from '../../test/nodeServer.ts'
import { readerOf, turn } from '../../test/readStream.ts'
import { createSSEStream, type SSESession, type SSEStreamOptions } from '../index.ts'
import {
  type CompressionOptions,
  type ContentEncoding,
  type NodeRequest,
  type NodeResponse,
  openSSE,
  pipeSSE,
} from './index.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'
const ENCODINGS = ['zstd', 'gzip', 'br'] as const

/** What wrote to the responses of a test. */
const compressors = new Set<Transform>()

afterEach(async () => {
  const opened = [...compressors]
  compressors.clear()
  await vi.waitFor(() => {
    // The memory of zlib is held by its handle, which nothing counts.
    for (const compressor of opened) expect(compressor).toMatchObject({ closed: true, _handle: null })
  })
})

function watch(res: NodeResponse): void {
  res.on('pipe', (source: Transform) => compressors.add(source))
}

/** Serves one stream with compression. Returns the port and the exchange, once a request has come. */
async function serveCompressed(
  makeStream: (req: IncomingMessage, res: ServerResponse) => ReadableStream<Uint8Array>,
  compression: boolean | CompressionOptions = true,
): Promise<{ port: number; exchange: Promise<Exchange> }> {
  const { promise: exchange, resolve } = Promise.withResolvers<Exchange>()
  const port = await serve((req, res) => {
    watch(res)
    const piped = pipeSSE(makeStream(req, res), req, res, { compression })
    piped.catch(() => {})
    resolve({ req, res, piped })
  })
  return { port, exchange }
}

function fetchIn(encoding: string, port: number, init?: RequestInit): Promise<Response> {
  return fetch(`http://localhost:${port}`, { ...init, headers: { 'Accept-Encoding': encoding } })
}

const decode = {
  zstd: (body: Buffer) => zlib.zstdDecompressSync(body, { finishFlush: zlib.constants.ZSTD_e_flush }),
  gzip: (body: Buffer) => zlib.gunzipSync(body, { finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  br: (body: Buffer) => zlib.brotliDecompressSync(body, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
}

/** Asks for a response that is read only when it is told to. */
async function request(encoding: ContentEncoding, port: number): Promise<IncomingMessage> {
  const asked = get({ port, headers: { 'Accept-Encoding': encoding } })
  onTestFinished(() => void asked.destroy())
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return response
}

/** Receives a response that may be cut off, of which `fetch` would forget what came last. */
async function receive(
  encoding: ContentEncoding,
  response: IncomingMessage,
): Promise<{ text: string; isComplete: boolean }> {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {})
  await new Promise((resolve) => response.once('close', resolve))
  return { text: decode[encoding](Buffer.concat(chunks)).toString(), isComplete: response.complete }
}

/** A source that is open until it is ended, and the promise of its session. */
function openSource(ending?: Promise<void>) {
  const { promise: session, resolve } = Promise.withResolvers<SSESession>()
  const source = (given: SSESession) => {
    resolve(given)
    return ending
  }
  return { session, source }
}

/** A stream that is none of ours. */
function bytesOf(source: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
}

/** Text that gets no smaller than a random one can. */
function noise(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length)
}

/** Frames of which each is produced once the one before was acknowledged. */
function acknowledgedFrames(sizes: readonly number[]) {
  const frames = sizes.map((size, index) => `id: ${index}\ndata: ${'ä'.repeat(size)}\n\n`)
  const receipts = frames.map(() => Promise.withResolvers<void>())
  const produced: number[] = []
  return {
    produced,
    async *source() {
      for (const [index, frame] of frames.entries()) {
        produced.push(index)
        yield frame
        await receipts[index]?.promise
      }
    },
    async acknowledge(next: () => Promise<string | undefined>) {
      for (const [index, frame] of frames.entries()) {
        let received = ''
        while (received.length < frame.length) received += await next()
        expect(received).toBe(frame)
        expect(produced).toHaveLength(index + 1)
        receipts[index]?.resolve()
      }
    },
  }
}

const SIZES = [1, 0, 500, 1, 100_000, 3, 16_384, 0]

describe.each(ENCODINGS)('in %s', (encoding) => {
  it('an event reaches its reader before the next is produced', async () => {
    const { source, acknowledge } = acknowledgedFrames(SIZES)
    const { port } = await serveCompressed(() =>
      createSSEStream(async function* () {
        for await (const frame of source()) yield { id: /\d+/.exec(frame)![0], data: /data: (.*)/.exec(frame)![1] }
      }),
    )
    const response = await fetchIn(encoding, port)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const { next } = readerOf(response.body!)
    await acknowledge(next)
    expect(await next()).toBe(COMPLETE)
    expect(await next()).toBeUndefined()
  })

  it('a chunk of a foreign stream does, too', async () => {
    const { source, acknowledge } = acknowledgedFrames(SIZES)
    const { port, exchange } = await serveCompressed(() => bytesOf(source()))
    const { body } = await fetchIn(encoding, port)
    const { next } = readerOf(body!)
    await acknowledge(next)
    expect(await next()).toBeUndefined()
    const { piped } = await exchange
    await piped
  })

  it('an event of `openSSE` does, too', async () => {
    const opened = Promise.withResolvers<SSESession>()
    const port = await serve((req, res) => {
      watch(res)
      opened.resolve(openSSE(req, res, { compression: true }))
    })
    const response = await fetchIn(encoding, port)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const { next } = readerOf(response.body!)
    const session = await opened.promise
    session.json(1)
    expect(await next()).toBe('data: 1\n\n')
    session.json(2)
    expect(await next()).toBe('data: 2\n\n')
    session.close()
    expect(await next()).toBe(COMPLETE)
    expect(await next()).toBeUndefined()
  })

  it('a heartbeat and the farewell leave at once', async () => {
    const { source, session } = openSource()
    const { port } = await serveCompressed(() => createSSEStream(source, { heartbeat: 5 }))
    const { next } = readerOf((await fetchIn(encoding, port)).body!)
    expect(await next()).toBe(': heartbeat\n\n')
    expect(await next()).toBe(': heartbeat\n\n')
    ;(await session).close()
    let rest = ''
    for (let text = await next(); text !== undefined; text = await next()) rest += text
    expect(rest.replaceAll(': heartbeat\n\n', '')).toBe(COMPLETE)
  })

  it('a reader that stalls is waited for, and one that leaves ends the stream', { timeout: 20_000 }, async () => {
    const failed = Promise.withResolvers<unknown>()
    let sent = 0
    const { port, exchange } = await serveCompressed(() =>
      createSSEStream(async (session) => {
        try {
          for (; ; sent++) await session.send({ data: noise(50_000) })
        } catch (error) {
          failed.resolve(error)
        }
      }),
    )
    const socket = await ask(port, `GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${encoding}`)
    const { res, piped } = await exchange
    await stalled(res, () => sent)
    const [compressor] = compressors
    expect(compressor!.readableLength + compressor!.writableLength + res.writableLength).toBeLessThan(500_000)
    socket.destroy()
    expect(await failed.promise).toMatchObject({ name: 'SSEError', code: 'closed' })
    await piped
  })

  it('what a slow reader was to get arrives whole', async () => {
    const { source, session } = openSource()
    const { port, exchange } = await serveCompressed(() => createSSEStream(source, { maxBufferSize: 200_000 }))
    const reading = fetchIn(encoding, port)
    const { write, close } = await session.then((given) => ({
      write: (data: string) => given.write({ data }),
      close: () => given.close(),
    }))
    let expected = ''
    for (let data = noise(50_000); write(data); data = noise(50_000)) {
      expected += `data: ${data}\n\n`
      await turn()
    }
    const { res } = await exchange
    const [compressor] = compressors
    expect(compressor!.readableLength + compressor!.writableLength + res.writableLength).toBeLessThan(400_000)
    close()
    expect((await (await reading).text()) === expected + COMPLETE).toBe(true)
  })

  it('a source that fails says so', async () => {
    const { onError } = collectErrors()
    const { port } = await serveCompressed(() =>
      createSSEStream(async () => Promise.reject(new Error('secret')), { onError }),
    )
    const response = await fetchIn(encoding, port)
    expect(await response.text()).toBe('event: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n')
  })

  it.each([1, 60_000])('a source that fails without a farewell is cut off, after the %i bytes sent', async (size) => {
    const { onError } = collectErrors()
    const data = noise(size)
    const { port, exchange } = await serveCompressed(() =>
      createSSEStream(
        async function* () {
          yield { data }
          throw new Error('secret')
        },
        { onError, bye: false },
      ),
    )
    const { text, isComplete } = await receive(encoding, await request(encoding, port))
    expect(text === `data: ${data}\n\n`).toBe(true)
    expect(isComplete).toBe(false)
    const { piped } = await exchange
    await piped
  })

  it('a foreign stream that fails is cut off after what it gave, and its error is told to the route', async () => {
    const reason = new Error('foreign')
    const { port, exchange } = await serveCompressed(() =>
      bytesOf(
        (async function* () {
          yield 'data: 1\n\n'
          throw reason
        })(),
      ),
    )
    expect(await receive(encoding, await request(encoding, port))).toEqual({ text: 'data: 1\n\n', isComplete: false })
    await expect((await exchange).piped).rejects.toBe(reason)
  })

  it('works over HTTP/2', async () => {
    const { source, acknowledge } = acknowledgedFrames(SIZES)
    const server = http2
      .createServer((req: NodeRequest, res: NodeResponse) => {
        watch(res)
        void pipeSSE(bytesOf(source()), req, res, {
          compression: true,
        })
      })
      .listen(0)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => client.close())
    const stream = client.request({ ':path': '/', 'accept-encoding': encoding })
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' })
    const decoder = {
      zstd: zlib.createZstdDecompress,
      gzip: zlib.createGunzip,
      br: zlib.createBrotliDecompress,
    }[encoding]()
    const decoded = stream.pipe(decoder).setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string, undefined>
    await acknowledge(async () => (await decoded.next()).value)
    expect((await decoded.next()).done).toBe(true)
  })
})

// To fill the buffers of the system takes megabytes.
describe('a response that is compressed', { timeout: 20_000 }, () => {
  /** Writes, little by little, to a reader that takes nothing, until that has left the response as said. */
  async function writeUntil(
    isDone: (res: ServerResponse) => boolean,
    options: SSEStreamOptions,
    ending?: Promise<void>,
  ) {
    const { source, session } = openSource(ending)
    const { port, exchange } = await serveCompressed(() => createSSEStream(source, options))
    const answer = await request('gzip', port)
    const given = await exchange
    const [compressor] = compressors
    let expected = ''
    while (!isDone(given.res)) {
      const data = noise(16_000)
      ;(await session).write({ data })
      expected += `data: ${data}\n\n`
      do await turn()
      while (compressor!.writableLength > 0)
      for (let count = 0; count < 5; count++) await turn()
    }
    expect(compressor!.writableNeedDrain).toBe(false)
    return { ...given, answer, expected, session: await session }
  }

  it('is cut off at once by its signal when its reader has stalled', async () => {
    const controller = new AbortController()
    const { res, piped } = await writeUntil((given) => given.writableNeedDrain, { signal: controller.signal })
    controller.abort()
    expect(res.destroyed).toBe(true)
    await piped
  })

  it('is cut off for its failure once a slow reader has taken all of it', async () => {
    const { onError } = collectErrors()
    const { promise: ending, reject } = Promise.withResolvers<void>()
    const options = { onError, bye: false }
    const { res, piped, answer, expected, session } = await writeUntil(
      (given) => given.writableLength > given.writableHighWaterMark / 2,
      options,
      ending,
    )
    // More than the response takes, and less than its compressor does.
    const data = noise(50_000)
    session.write({ data })
    reject(new Error('secret'))
    while (!res.writableNeedDrain) await turn()
    const { text, isComplete } = await receive('gzip', answer)
    expect(text === `${expected}data: ${data}\n\n`).toBe(true)
    expect(isComplete).toBe(false)
    await piped
  })

  it('is cut off at once for the failure of a foreign stream when its reader has stalled', async () => {
    const reason = new Error('foreign')
    const { promise: given, resolve } = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
    const { port, exchange } = await serveCompressed(() => new ReadableStream({ start: resolve }))
    await request('gzip', port)
    const { res, piped } = await exchange
    const controller = await given
    while (!res.writableNeedDrain) {
      controller.enqueue(new TextEncoder().encode(noise(16_000)))
      for (let count = 0; count < 5; count++) await turn()
    }
    controller.error(reason)
    await expect(piped).rejects.toBe(reason)
  })

  it('ends for an idle reader that leaves, and cancels a foreign stream', async () => {
    const cancelled = Promise.withResolvers<void>()
    const { port, exchange } = await serveCompressed(() => new ReadableStream({ cancel: () => cancelled.resolve() }))
    const socket = await ask(port, 'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip')
    const { piped } = await exchange
    socket.destroy()
    await cancelled.promise
    await piped
  })

  it('waits for a slow reader of a foreign stream', async () => {
    let pulled = 0
    const { port, exchange } = await serveCompressed(
      () =>
        new ReadableStream({
          pull(controller) {
            pulled++
            controller.enqueue(new TextEncoder().encode(noise(50_000)))
          },
        }),
    )
    const socket = await ask(port, 'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip')
    const { res, piped } = await exchange
    await stalled(res, () => pulled)
    socket.destroy()
    await piped
  })

  it('is cut off where its compressor fails', async () => {
    const { source, session } = openSource()
    const { port, exchange } = await serveCompressed(() => createSSEStream(source))
    const response = await fetchIn('gzip', port)
    for (const compressor of compressors) compressor.destroy(new Error('out of memory'))
    await expect(response.text()).rejects.toThrow(TypeError)
    await session.then((given) => given.closed)
    const { piped } = await exchange
    await piped
  })

  it('is read by curl, event by event', async ({ skip }) => {
    const installed = await promisify(execFile)('curl', ['--version']).catch(() => undefined)
    if (!installed) return skip()
    const { source, session } = openSource()
    const { port } = await serveCompressed(() => createSSEStream(source))
    const curl = spawn('curl', ['--silent', '--compressed', '--no-buffer', `http://127.0.0.1:${port}`])
    const lines = createInterface(curl.stdout)[Symbol.asyncIterator]()
    const { event } = await session.then((given) => ({ event: (data: string) => given.json(data) }))
    for (const data of ['a', 'b']) {
      event(data)
      expect((await lines.next()).value).toBe(`data: "${data}"`)
      expect((await lines.next()).value).toBe('')
    }
    const exited = once(curl, 'exit')
    ;(await session).close()
    expect(await exited).toEqual([0, null])
    expect(compressors.size).toBe(1)
  })
})

describe('the head', () => {
  const once1 = () => createSSEStream(async (session) => void session.json(1))

  it('says what encoding the body has, and that it depends on the request', async () => {
    const { port } = await serveCompressed(once1)
    const response = await fetchIn('gzip;q=0.5, br', port)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
      'cache-control': 'no-cache, no-transform',
    })
    await response.text()
  })

  it('says that it depends on the request for a reader that accepts none, too', async () => {
    const { port } = await serveCompressed(once1)
    const response = await fetchIn('identity', port)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(await response.text()).toBe(`data: 1\n\n${COMPLETE}`)
    expect(compressors.size).toBe(0)
  })

  it.each([pipeHead, openHead])('is the same for HEAD', async (answer) => {
    const port = await serve((req, res) => {
      watch(res)
      answer(req, res)
    })
    const response = await fetchIn('gzip', port, { method: 'HEAD' })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(compressors.size).toBe(0)
  })

  function pipeHead(req: IncomingMessage, res: ServerResponse): void {
    void pipeSSE(once1(), req, res, { compression: true })
  }

  function openHead(req: IncomingMessage, res: ServerResponse): void {
    openSSE(req, res, { compression: true })
  }

  it('says nothing of it by default', async () => {
    const port = await serve((req, res) => {
      watch(res)
      void pipeSSE(once1(), req, res)
    })
    const response = await fetchIn('gzip', port)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('vary')).toBeNull()
    expect(await response.text()).toBe(`data: 1\n\n${COMPLETE}`)
    expect(compressors.size).toBe(0)
  })

  it.each([
    ['Origin', 'Origin, Accept-Encoding'],
    ['accept-encoding, Origin', 'accept-encoding, Origin'],
    ['X-Accept-Encoding', 'X-Accept-Encoding, Accept-Encoding'],
    ['*', '*'],
  ])('adds to a `Vary` of %j', async (vary, expected) => {
    const { port } = await serveCompressed((req, res) => {
      if (req.method === 'POST') res.setHeader('Vary', vary)
      return createSSEStream(async () => {}, req.method === 'POST' ? {} : { headers: { vary } })
    })
    for (const method of ['GET', 'POST']) {
      const response = await fetchIn('gzip', port, { method })
      expect(response.headers.get('vary')).toBe(expected)
      await response.text()
    }
  })

  it('adds to a `Vary` of several lines', async () => {
    const { port } = await serveCompressed((_, res) => {
      res.setHeader('Vary', ['Origin', 'Cookie'])
      return once1()
    })
    const response = await fetchIn('gzip', port)
    expect(response.headers.get('vary')).toBe('Origin, Cookie, Accept-Encoding')
    await response.text()
  })

  it('is left alone where the route has said what encoding the body has', async () => {
    const { port } = await serveCompressed((req, res) => {
      if (req.method === 'POST') res.setHeader('Content-Encoding', 'identity')
      return createSSEStream(
        async () => {},
        req.method === 'POST' ? {} : { headers: { 'content-encoding': 'identity' } },
      )
    })
    for (const method of ['GET', 'POST']) {
      const response = await fetchIn('gzip', port, { method })
      expect(response.headers.get('content-encoding')).toBe('identity')
      expect(response.headers.get('vary')).toBeNull()
      expect(await response.text()).toBe(COMPLETE)
    }
    expect(compressors.size).toBe(0)
  })

  it.each<[ContentEncoding[], string | null]>([
    [['br', 'gzip'], 'br'],
    [['gzip', 'br'], 'gzip'],
    [['zstd'], null],
  ])('says what is liked best of the encodings %j', async (encodings, expected) => {
    const { port } = await serveCompressed(once1, { encodings })
    const response = await fetchIn('br, gzip', port)
    expect(response.headers.get('content-encoding')).toBe(expected)
    expect(await response.text()).toBe(`data: 1\n\n${COMPLETE}`)
  })
})

it.each([
  [1, 'Expected `compression` to be true, false or an object, got 1.'],
  [null, 'Expected `compression` to be true, false or an object, got null.'],
  ['gzip', 'Expected `compression` to be true, false or an object, got "gzip".'],
  [{ encoding: 'br' }, 'Expected the options of `compression` to be among encodings, got "encoding".'],
  [{ encodings: [] }, 'Expected `compression.encodings` to be a list of encodings that is not empty, got an array.'],
  [{ encodings: 'br' }, 'Expected `compression.encodings` to be a list of encodings that is not empty, got "br".'],
  [
    { encodings: ['br', 'deflate'] },
    "Expected `compression.encodings` to be a list of 'zstd', 'gzip' and 'br', got \"deflate\".",
  ],
])('refuses %j before the head leaves', async (compression, message) => {
  const refusals: unknown[] = []
  const port = await serve(async (req, res) => {
    const options = { compression: compression as unknown as boolean }
    await pipeSSE(
      createSSEStream(async () => {}),
      req,
      res,
      options,
    ).catch((error: unknown) => refusals.push(error))
    try {
      openSSE(req, res, options)
    } catch (error) {
      refusals.push(error)
    }
    res.end('own')
  })
  const response = await fetchIn('gzip', port)
  expect(await response.text()).toBe('own')
  expect(refusals).toEqual([new TypeError(message), new TypeError(message)])
})
