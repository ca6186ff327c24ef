import { EventEmitter, on } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fastifySSE, { type SSEReplyInterface } from '@fastify/sse'
import { getRequestListener } from '@hono/node-server'
import { createSSEHub } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { createChannel, createSession } from 'better-sse'
import fastify from 'fastify'
import { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/http'
import { EventStream, H3 } from 'h3'
import { toNodeHandler as h3ToNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { Tick } from './stamp.ts'

/** A server that lets everybody have the same events. */
export interface Broadcast {
  /** What readers ask for. */
  readonly path: string
  readonly handler: (req: IncomingMessage, res: ServerResponse) => unknown
  publish(tick: Tick): void
}

const HEAD = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }

const frame = (tick: Tick) => `event: tick\nid: ${tick.n}\ndata: ${JSON.stringify(tick)}\n\n`

/** Each by its own way of sending an event to everybody; where it has none, by a set of its streams. */
export const contenders: Record<string, () => Broadcast | Promise<Broadcast>> = {
  tidewire: () => {
    const hub = makeHub()
    return { ...hub, handler: toNodeHandler(hub.hub) }
  },

  'tidewire, by fetch': () => {
    const hub = makeHub()
    return { ...hub, handler: getRequestListener((request) => hub.hub.fetch(request)) }
  },

  'raw technique': () => {
    const sockets = new Set<Socket>()
    let pending = ''
    const flush = () => {
      const chunk = Buffer.from(`${Buffer.byteLength(pending).toString(16)}\r\n${pending}\r\n`)
      pending = ''
      for (const socket of sockets) socket.write(chunk)
    }
    return {
      path: '/',
      handler(_req, res) {
        res.writeHead(200, HEAD)
        res.flushHeaders()
        const { socket } = res
        if (!socket) return
        sockets.add(socket)
        res.on('close', () => sockets.delete(socket))
      },
      publish(tick) {
        if (pending === '') setImmediate(flush)
        pending += frame(tick)
      },
    }
  },

  'res.write': () => {
    const responses = new Set<ServerResponse>()
    return {
      path: '/',
      handler(_req, res) {
        res.writeHead(200, HEAD)
        res.flushHeaders()
        responses.add(res)
        res.on('close', () => responses.delete(res))
      },
      publish(tick) {
        const bytes = Buffer.from(frame(tick))
        for (const response of responses) response.write(bytes)
      },
    }
  },

  'better-sse': () => {
    const channel = createChannel()
    return {
      path: '/',
      handler: async (req, res) => channel.register(await createSession(req, res)),
      publish: (tick) => channel.broadcast(tick, 'tick', { eventId: String(tick.n) }),
    }
  },

  '@fastify/sse': async () => {
    const replies = new Set<SSEReplyInterface>()
    const app = fastify()
    await app.register(fastifySSE)
    app.get('/', { sse: 'only' }, async (_request, { sse }) => {
      sse.keepAlive()
      sse.sendHeaders()
      replies.add(sse)
      sse.onClose(() => replies.delete(sse))
    })
    await app.ready()
    return {
      path: '/',
      handler: (req, res) => app.routing(req, res),
      publish(tick) {
        const event = { event: 'tick', id: String(tick.n), data: tick }
        for (const sse of replies) sse.send(event).catch(() => {})
      },
    }
  },

  'graphql-sse': () => {
    const ticks = new EventEmitter().setMaxListeners(Infinity)
    const type = new GraphQLObjectType({
      name: 'Tick',
      fields: { n: { type: GraphQLInt }, text: { type: GraphQLString } },
    })
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { tick: { type } } }),
      subscription: new GraphQLObjectType({
        name: 'Subscription',
        fields: { tick: { type, subscribe: () => on(ticks, 'tick'), resolve: ([tick]: [Tick]) => tick } },
      }),
    })
    return {
      path: `/?query=${encodeURIComponent('subscription { tick { n text } }')}`,
      handler: createHandler({ schema }),
      publish: (tick) => ticks.emit('tick', tick),
    }
  },

  h3: () => {
    const streams = new Set<EventStream>()
    const app = new H3().get('/', (event) => {
      const stream = new EventStream(event)
      streams.add(stream)
      stream.onClosed(() => streams.delete(stream))
      return stream
    })
    return {
      path: '/',
      handler: h3ToNodeHandler(app),
      publish(tick) {
        const event = { event: 'tick', id: String(tick.n), data: JSON.stringify(tick) }
        for (const stream of streams) void stream.push(event)
      },
    }
  },

  hono: () => {
    const streams = new Set<SSEStreamingApi>()
    const app = new Hono().get('/', (context) =>
      streamSSE(context, async (stream) => {
        streams.add(stream)
        await new Promise<void>((resolve) => stream.onAbort(resolve))
        streams.delete(stream)
      }),
    )
    return {
      path: '/',
      handler: getRequestListener(app.fetch),
      publish(tick) {
        const event = { event: 'tick', id: String(tick.n), data: JSON.stringify(tick) }
        for (const stream of streams) void stream.writeSSE(event)
      },
    }
  },
}

function makeHub() {
  // A reader that is cut off is counted by the readers.
  const hub = createSSEHub({ onError: () => {} })
  hub.channel('ticks')
  const channel = hub.to('ticks')
  return { hub, path: '/_sse?channel=ticks', publish: (tick: Tick) => void channel.send('tick', tick) }
}
