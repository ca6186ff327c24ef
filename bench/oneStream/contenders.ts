import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import fastifySSE from '@fastify/sse'
import { getRequestListener } from '@hono/node-server'
import { createSSEStream } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { createSession } from 'better-sse'
import fastify from 'fastify'
import { EventStream, H3 } from 'h3'
import { toNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { tick, type Tick } from './tick.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown

const HEAD = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }

async function* generate(count: number) {
  for (let n = 0; n < count; n++) yield { event: 'tick', id: n, data: tick(n) }
}

const frame = (n: number) => `event: tick\nid: ${n}\ndata: ${JSON.stringify(tick(n))}\n\n`

/** Makes a handler that sends `count` events to each reader, as fast as the reader takes them. */
export const contenders: Record<string, (count: number) => Handler | Promise<Handler>> = {
  'tidewire, generator': (count) => (req, res) =>
    pipeSSE(
      createSSEStream(() => generate(count)),
      req,
      res,
    ),

  'tidewire, send': (count) => (req, res) =>
    pipeSSE(
      createSSEStream(async (session) => {
        for (let n = 0; n < count; n++) await session.send({ event: 'tick', id: n, data: tick(n) })
      }),
      req,
      res,
    ),

  'tidewire, generator by fetch (hono)': (count) => {
    const app = new Hono().get('/', () => createSSEStream(() => generate(count)).toResponse())
    return getRequestListener(app.fetch)
  },

  'better-sse': (count) => async (req, res) => {
    const session = await createSession<{ data: Tick }>(req, res, { keepAlive: null })
    for (let n = 0; n < count; n++) {
      session.push(tick(n), 'tick', String(n))
      if (res.writableNeedDrain) await once(res, 'drain')
    }
    res.end()
  },

  '@fastify/sse': async (count) => {
    const app = fastify()
    await app.register(fastifySSE)
    app.get('/', { sse: 'only' }, async (_request, reply) => {
      await reply.sse.send(events(count))
    })
    await app.ready()
    return (req, res) => app.routing(req, res)

    async function* events(count: number) {
      for (let n = 0; n < count; n++) yield { event: 'tick', id: String(n), data: tick(n) }
    }
  },

  hono: (count) => {
    const app = new Hono().get('/', (context) =>
      streamSSE(context, async (stream) => {
        for (let n = 0; n < count; n++) {
          await stream.writeSSE({ event: 'tick', id: String(n), data: JSON.stringify(tick(n)) })
        }
      }),
    )
    return getRequestListener(app.fetch)
  },

  h3: (count) => {
    const app = new H3().get('/', (event) => {
      const stream = new EventStream(event)
      const run = async () => {
        for (let n = 0; n < count; n++) {
          await stream.push({ event: 'tick', id: String(n), data: JSON.stringify(tick(n)) })
        }
        await stream.close()
      }
      void run()
      return stream
    })
    return toNodeHandler(app)
  },

  'res.write per event': (count) => async (_req, res) => {
    res.writeHead(200, HEAD)
    for (let n = 0; n < count; n++) {
      if (!res.write(frame(n))) await once(res, 'drain')
    }
    res.end()
  },

  'raw technique, 64 kB to the socket': (count) => async (_req, res) => {
    res.writeHead(200, HEAD)
    res.flushHeaders()
    const { socket } = res
    if (!socket) return
    let text = ''
    for (let n = 0; n < count; n++) {
      text += frame(n)
      if (text.length < 65_536 && n < count - 1) continue
      const size = Buffer.byteLength(text).toString(16)
      if (!socket.write(`${size}\r\n${text}\r\n`)) await once(socket, 'drain')
      text = ''
    }
    res.end()
  },
}

/** Serves one contender on a free port. */
export async function serve(name: string, count: number, onDone: () => void): Promise<number> {
  const make = contenders[name]
  if (!make) throw new TypeError(`Expected one of ${Object.keys(contenders).join(', ')}, got ${name}.`)
  const handler = await make(count)
  const server = createServer((req, res) => {
    res.on('close', onDone)
    void handler(req, res)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
