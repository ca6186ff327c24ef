import { EventEmitter, on, once } from 'node:events'
import { createEventStream } from '@tidewire/client'
import { createSSEStream, type SSEEvent } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}'

useFakeIntervals()
const server = useServer()

describe('a basic route', () => {
  it('says that it is connected, then yields each notification of a subscription', async () => {
    const bus = new EventEmitter()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async function* ({ signal }) {
          const notifications: AsyncIterable<unknown[]> = on(bus, 'notification', { signal })
          yield { event: 'connected', data: { status: 'ok' } }
          for await (const [notification] of notifications) yield { event: 'notification', data: notification }
        }),
        req,
        res,
      ),
    )
    const { next, cancel } = await server.follow(url)
    expect(await next()).toBe('event: connected\ndata: {"status":"ok"}')
    for (const text of ['Hello', 'World']) {
      bus.emit('notification', { text })
      expect(await next()).toBe(`event: notification\ndata: {"text":"${text}"}`)
    }
    await cancel()
  })
})

describe('the event format', () => {
  it.each<[string, SSEEvent, string]>([
    [
      'maps every field of a yielded object',
      { event: 'update', id: '42', data: { count: 1 }, retry: 5000 },
      'event: update\nid: 42\nretry: 5000\ndata: {"count":1}',
    ],
    ['needs no field but data', { data: 'hello' }, 'data: hello'],
  ])('%s', async (_title, event, frame) => {
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async function* () {
          yield event
        }),
        req,
        res,
      ),
    )
    expect(await (await server.follow(url)).rest()).toEqual([frame, COMPLETE])
  })
})

interface Ticket {
  subject: string
  events: AsyncIterable<{ type: string; data: unknown }>
}

describe('path parameters', () => {
  const tickets: Record<string, Ticket> = {
    '7': {
      subject: 'Printer on fire',
      events: (async function* () {
        yield { type: 'assigned', data: { to: 'Ann' } }
        yield { type: 'closed', data: {} }
      })(),
    },
  }
  const findTicket = async (id: string): Promise<Ticket | undefined> => tickets[id]

  it('are at hand in the generator', async () => {
    const url = await server.serve((req, res) => {
      const [, roomId] = req.url?.split('/') ?? []
      return pipeSSE(
        createSSEStream(async function* () {
          yield { data: { room: roomId } }
        }),
        req,
        res,
      )
    })
    expect(await (await server.follow(`${url}/lobby/events`)).next()).toBe('data: {"room":"lobby"}')
  })

  async function serveTickets(): Promise<string> {
    return server.serve((req, res) => {
      const [, id = ''] = req.url?.split('/') ?? []
      return pipeSSE(
        createSSEStream(async function* () {
          const ticket = await findTicket(id)
          if (!ticket) {
            yield { event: 'error', data: { message: 'Not found' } }
            return
          }
          yield { event: 'connected', data: { subject: ticket.subject } }
          for await (const event of ticket.events) yield { event: event.type, data: event.data }
        }),
        req,
        res,
      )
    })
  }

  it('become a model inside of the generator, whose events are passed on', async () => {
    const { rest } = await server.follow(`${await serveTickets()}/7/events`)
    expect(await rest()).toEqual([
      'event: connected\ndata: {"subject":"Printer on fire"}',
      'event: assigned\ndata: {"to":"Ann"}',
      'event: closed\ndata: {}',
      COMPLETE,
    ])
  })

  it('are answered with an error event where there is no such model', async () => {
    const { rest } = await server.follow(`${await serveTickets()}/8/events`)
    expect(await rest()).toEqual(['event: error\ndata: {"message":"Not found"}', COMPLETE])
  })

  it('are answered with 404 instead where the route looks first', async () => {
    const url = await server.serve(async (req, res) => {
      if (!(await findTicket('8'))) return res.writeHead(404).end()
      return pipeSSE(
        createSSEStream(() => {}),
        req,
        res,
      )
    })
    const { promise, resolve } = Promise.withResolvers<string>()
    const stream = createEventStream(url, { signal: server.signal, onClose: resolve })
    expect(await promise).toBe('fatal')
    expect(stream.error).toMatchObject({ code: 'http-status', status: 404 })
  })
})

describe('middleware and guards', () => {
  interface User {
    name: string
    role: string
  }
  const users = new Map<string | undefined, User>([
    ['Bearer ann', { name: 'Ann', role: 'admin' }],
    ['Bearer bob', { name: 'Bob', role: 'reader' }],
  ])

  it.each([
    ['welcomes by name who may see it', 'Bearer ann', 200, 'event: welcome\ndata: {"name":"Ann"}'],
    ['refuses who may not', 'Bearer bob', 403, undefined],
    ['refuses who is not signed in', '', 401, undefined],
  ])('%s', async (_title, authorization, status, frame) => {
    const url = await server.serve((req, res) => {
      const user = users.get(req.headers.authorization)
      if (!user) return res.writeHead(401).end()
      if (user.role !== 'admin') return res.writeHead(403).end()
      return pipeSSE(
        createSSEStream(async function* () {
          yield { event: 'welcome', data: { name: user.name } }
        }),
        req,
        res,
      )
    })
    const { response, next } = await server.follow(url, { headers: { authorization } })
    expect(response.status).toBe(status)
    expect(await next()).toBe(frame)
  })
})

describe('a client that disconnects', () => {
  it('ends the generator, whose finally unsubscribes', async () => {
    const bus = new EventEmitter()
    const unsubscribed = Promise.withResolvers<void>()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async function* ({ signal }) {
          const subscription: AsyncIterable<{ type: string; payload: unknown }[]> = on(bus, 'event', { signal })
          try {
            for await (const [event] of subscription) yield { event: event!.type, data: event!.payload }
          } finally {
            unsubscribed.resolve()
          }
        }),
        req,
        res,
      ),
    )
    const { next, cancel } = await server.follow(url)
    bus.emit('event', { type: 'created', payload: { id: 1 } })
    expect(await next()).toBe('event: created\ndata: {"id":1}')
    await cancel()
    await unsubscribed.promise
    expect(bus.listenerCount('event')).toBe(0)
  })

  it('resolves a promise that tells other work to stop', async () => {
    const otherWork = vi.fn<() => void>()
    const stopped = Promise.withResolvers<void>()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async ({ closed, signal }) => {
          signal.addEventListener('abort', otherWork)
          await closed
          stopped.resolve()
        }),
        req,
        res,
      ),
    )
    const { cancel } = await server.follow(url)
    await cancel()
    await stopped.promise
    expect(otherWork).toHaveBeenCalledOnce()
  })
})

describe('streams beside other routes', () => {
  it('lists the orders as JSON, and streams the updates of one', async () => {
    const orders = new Map([['42', { id: '42', status: 'paid' }]])
    const updates = new EventEmitter()
    const url = await server.serve((req, res) => {
      if (req.url === '/orders') {
        return res.setHeader('Content-Type', 'application/json').end(JSON.stringify([...orders.values()]))
      }
      const [, id = ''] = /^\/orders\/(\w+)\/events$/.exec(req.url ?? '') ?? []
      return pipeSSE(
        createSSEStream(async function* ({ signal }) {
          if (!orders.has(id)) return
          const [update] = (await once(updates, id, { signal })) as [{ type: string; data: unknown }]
          yield { event: update.type, data: update.data }
        }),
        req,
        res,
      )
    })
    const list = await fetch(`${url}/orders`)
    expect(await list.json()).toEqual([{ id: '42', status: 'paid' }])
    expect(await (await server.follow(`${url}/orders/7/events`)).rest()).toEqual([COMPLETE])
    const { rest } = await server.follow(`${url}/orders/42/events`)
    updates.emit('42', { type: 'shipped', data: { by: 'ship' } })
    expect(await rest()).toEqual(['event: shipped\ndata: {"by":"ship"}', COMPLETE])
  })
})
