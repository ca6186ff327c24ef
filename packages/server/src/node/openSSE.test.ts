import { EventEmitter, once } from 'node:events'
import * as http2 from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ask, readUntil, serve, stalled } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import type { SSESession } from '../index.ts'
import { openSSE, type OpenSSEOptions } from './index.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

interface Opened {
  req: IncomingMessage
  res: ServerResponse
  session: SSESession
}

/** Serves one session with `openSSE`. Returns the port and what was opened, once a request has come. */
async function serveOpened(options?: OpenSSEOptions): Promise<{ port: number; opened: Promise<Opened> }> {
  const { promise: opened, resolve } = Promise.withResolvers<Opened>()
  const port = await serve((req, res) => resolve({ req, res, session: openSSE(req, res, options) }))
  return { port, opened }
}

it('sends the head at once, then what the route writes, to its end', async () => {
  const { port, opened } = await serveOpened({ retry: 500, headers: { 'x-a': 'b' } })
  const response = await fetch(`http://localhost:${port}`, { headers: { 'Last-Event-ID': 'a.7' } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('x-a')).toBe('b')
  const { session, req } = await opened
  expect(session.lastEventId).toBe('a.7')
  expect(session.request).toBe(req)
  expect(session.event('tick', { now: 1 })).toBe(true)
  await session.send({ data: 'b', id: 8 })
  session.close('done')
  expect(await response.text()).toBe(
    `retry: 500\n\nevent: tick\ndata: {"now":1}\n\nid: 8\ndata: b\n\n: done\n\n${COMPLETE}`,
  )
})

it('is opened after an `await`, too', async () => {
  const port = await serve(async (req, res) => {
    for await (const _ of req) await turn()
    const session = openSSE(req, res)
    await turn()
    session.json('late')
    session.close()
  })
  const response = await fetch(`http://localhost:${port}`, { method: 'POST', body: 'hi' })
  expect(await response.text()).toBe(`data: "late"\n\n${COMPLETE}`)
})

it('keeps the headers and the status that the response has', async () => {
  const port = await serve((req, res) => {
    res.statusCode = 202
    res.setHeader('Cache-Control', 'no-store')
    openSSE(req, res, { headers: { 'cache-control': 'max-age=1' } }).close()
  })
  const response = await fetch(`http://localhost:${port}`)
  expect(response.status).toBe(202)
  expect(response.headers.get('cache-control')).toBe('no-store')
  await response.text()
})

it('writes nothing more once its reader has left', async () => {
  const emitter = new EventEmitter()
  const { port, opened } = await serveOpened()
  const socket = await ask(port)
  const { session } = await opened
  emitter.on('tick', (tick) => session.json(tick))
  session.onClose(() => emitter.removeAllListeners())
  socket.destroy()
  await session.closed
  expect(emitter.eventNames()).toEqual([])
  expect(session.signal.aborted).toBe(true)
  expect(session.json(1)).toBe(false)
  expect(session.comment('a')).toBe(false)
  expect(session.error('failed', 'late')).toBe(false)
  await expect(session.send({ data: 1 })).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
  session.close()
})

it('makes `send` wait for a slow reader, while the rest returns false over the cap', async () => {
  const { port, opened } = await serveOpened({ maxBufferSize: 100_000 })
  const socket = await ask(port)
  const { session, res } = await opened
  const data = 'x'.repeat(50_000)
  let sent = 0
  const sending = (async () => {
    for (; sent < 400; sent++) await session.send({ data })
    session.close()
  })()
  await stalled(res, () => sent)
  expect(sent).toBeLessThan(400)
  expect(session.write({ data })).toBe(false)
  expect(session.json(data)).toBe(false)
  const answer = await readUntil(socket, '\r\n0\r\n\r\n')
  await sending
  expect(answer.match(/data: x/g)).toHaveLength(400)
})

it('ends after its timeout', async () => {
  const { port, opened } = await serveOpened({ timeout: 5 })
  const response = await fetch(`http://localhost:${port}`)
  expect(await response.text()).toBe('event: sse.bye\ndata: {"reason":"timeout"}\n\n')
  const { session } = await opened
  expect(session.json(1)).toBe(false)
})

it('is a head alone for HEAD, and a session that has ended', async () => {
  const { port, opened } = await serveOpened({ timeout: 60_000 })
  const response = await fetch(`http://localhost:${port}`, { method: 'HEAD' })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const { session } = await opened
  const onClose = vi.fn<() => void>()
  session.onClose(onClose)
  expect(onClose).toHaveBeenCalledOnce()
  expect(session.json(1)).toBe(false)
})

it('is a session that has ended where the reader left before', async () => {
  const { promise: session, resolve } = Promise.withResolvers<SSESession>()
  const port = await serve((req, res) => {
    res.once('close', () => setImmediate(() => resolve(openSSE(req, res, { timeout: 60_000 }))))
  })
  const socket = await ask(port)
  socket.destroy()
  expect((await session).signal.aborted).toBe(true)
  expect((await session).json(1)).toBe(false)
  await (
    await session
  ).closed
})

it('refuses a response whose head was sent, and an option that makes no sense before the head leaves', async () => {
  const refusals: unknown[] = []
  const attempt = (open: () => unknown) => {
    try {
      open()
    } catch (error) {
      refusals.push(error)
    }
  }
  const port = await serve((req, res) => {
    attempt(() => openSSE(req, res, { timeout: -1 }))
    attempt(() => openSSE(req, res, { until: () => true } as never))
    attempt(() => openSSE(req, res, { compress: true } as never))
    res.writeHead(500)
    attempt(() => openSSE(req, res))
    res.end('own')
  })
  const response = await fetch(`http://localhost:${port}`)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('own')
  const known =
    'events, request, signal, prepare, accept, heartbeat, retry, timeout, maxBufferSize, headers, bye, onError, compression'
  expect(refusals).toEqual([
    new TypeError('Expected `timeout` to be a positive number of milliseconds up to 2147483647, got -1.'),
    new TypeError(`Expected the options of a session to be among ${known}, got "until".`),
    new TypeError(`Expected the options of a session to be among ${known}, got "compress".`),
    new TypeError('Expected a response whose head was not sent; the stream sends it.'),
  ])
})

it('works over HTTP/2', async () => {
  const closed = Promise.withResolvers<void>()
  const server = http2
    .createServer((req, res) => {
      const session = openSSE(req, res)
      session.json(session.lastEventId)
      session.onClose(closed.resolve)
    })
    .listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => client.close())
  const stream = client.request({ ':path': '/', 'last-event-id': '7' })
  expect(String((await once(stream, 'data'))[0])).toBe('data: "7"\n\n')
  stream.close()
  await closed.promise
})
