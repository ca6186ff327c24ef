import { EventEmitter, on } from 'node:events'
import { createSSEHub, eventTypes, type StandardSchema } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { useChannels } from './useChannels.ts'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()
const { serve, follow } = useChannels(server)

describe('typed parameters', () => {
  it('are inferred from the pattern', async () => {
    const hub = createSSEHub()
    hub.channel('rooms/:roomId/events', {
      async *source({ params }) {
        const room: string = params.roomId
        // @ts-expect-error: the pattern has no such parameter.
        yield { data: { room, floor: params.floor } }
      },
    })
    const page = await follow(await serve(hub), ['rooms/lobby/events'])
    expect(await page.next()).toEqual(['message', { room: 'lobby' }])
  })

  it('are parsed by a schema, and what it refuses is no channel', async () => {
    const hub = createSSEHub()
    hub.channel('seats/:number', {
      params: seatNumber,
      authorize: (_context, { number }) => Number.isInteger(number) && number < 100,
    })
    const url = await serve(hub)
    const statusOf = async (name: string) => (await server.follow(`${url}/_sse?channel=${name}`)).response.status
    expect(await statusOf('seats/7')).toBe(200)
    expect(await statusOf('seats/100')).toBe(403)
    expect(await statusOf('seats/aisle')).toBe(404)
  })
})

const seatNumber: StandardSchema<{ readonly number: string }, { number: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { number } = value as { number: string }
      return /^\d+$/.test(number) ? { value: { number: Number(number) } } : { issues: [{ message: 'No number.' }] }
    },
  },
}

interface Ticket {
  subject: string
  assignee: string
  events: EventEmitter
}

describe('references to models', () => {
  const tickets = new Map<string, Ticket>([
    ['7', { subject: 'Printer on fire', assignee: 'ann', events: new EventEmitter() }],
  ])
  const findTicket = async (id: string) => tickets.get(id)

  function makeHub() {
    const hub = createSSEHub({
      context: (request) => ({ name: request.headers.get('authorization') }),
    })
    hub.channel('tickets/:ticket/events', {
      resolve: ({ ticket }) => findTicket(ticket),
      authorize: ({ name }, _params, { assignee }) => name === assignee,
      async *source({ params, signal }) {
        const { events } = (await findTicket(params.ticket))!
        for await (const [event] of on(events, 'event', { signal })) yield event
      },
    })
    return hub
  }

  it('are resolved before the channel opens, and their events are passed on', async () => {
    const { events } = tickets.get('7')!
    const page = await follow(await serve(makeHub()), ['tickets/7/events'], 'ann')
    await vi.waitFor(() => expect(events.listenerCount('event')).toBe(1))
    events.emit('event', { event: 'assigned', data: { to: 'Ann' } })
    events.emit('event', { event: 'closed', data: {} })
    expect(await page.next()).toEqual(['assigned', { to: 'Ann' }])
    expect(await page.next()).toEqual(['closed', {}])
  })

  it('decide by what they refer to who may follow them', async () => {
    const { closed, stream } = await follow(await serve(makeHub()), ['tickets/7/events'], 'bob')
    expect(await closed).toBe('denied')
    expect(stream.error).toMatchObject({ status: 403 })
  })

  it('are answered with 404 where there is no such model', async () => {
    const { closed, stream } = await follow(await serve(makeHub()), ['tickets/8/events'], 'ann')
    expect(await closed).toBe('fatal')
    expect(stream.error).toMatchObject({ code: 'http-status', status: 404 })
  })

  it('are left when the last reader disconnects: the finally of the generator unsubscribes', async () => {
    const { events } = tickets.get('7')!
    const url = await serve(makeHub())
    const [first, second] = [
      await follow(url, ['tickets/7/events'], 'ann'),
      await follow(url, ['tickets/7/events'], 'ann'),
    ]
    await vi.waitFor(() => expect(events.listenerCount('event')).toBe(1))
    first.stream.close()
    events.emit('event', { event: 'assigned', data: {} })
    expect(await second.next()).toEqual(['assigned', {}])
    second.stream.close()
    await vi.waitFor(() => expect(events.listenerCount('event')).toBe(0))
  })
})

describe('middleware and guards', () => {
  interface User {
    name: string
    role: string
  }
  const users = new Map<string | null, User>([
    ['Bearer ann', { name: 'Ann', role: 'admin' }],
    ['Bearer bob', { name: 'Bob', role: 'reader' }],
  ])

  /** What the document's `auth` does: it adds the user to the context, or answers by itself. */
  function auth(request: Request): { user: User } {
    const user = users.get(request.headers.get('authorization'))
    // oxlint-disable-next-line typescript/only-throw-error -- a response is what it may throw
    if (!user) throw new Response('Sign in first.', { status: 401 })
    return { user }
  }

  it.each([
    ['let in who passes them', 'Bearer ann', 200],
    ['refuse who does not', 'Bearer bob', 403],
    ['refuse who is not signed in, with an answer of their own', '', 401],
  ])('%s', async (_title, authorization, status) => {
    const hub = createSSEHub({ context: auth })
    hub.channel('dashboard/events', ({ user }) => user.role === 'admin')
    const url = await serve(hub)
    const { response } = await server.follow(`${url}/_sse?channel=dashboard/events`, { headers: { authorization } })
    expect(response.status).toBe(status)
  })

  it('are asked again while a reader is there: who no longer passes is told so', async () => {
    const hub = createSSEHub({ context: auth, heartbeat: 20 })
    hub.channel('dashboard/events', ({ user }) => user.role === 'admin')
    const url = await serve(hub)
    const ann = users.get('Bearer ann')!
    const { next, rest } = await server.follow(`${url}/_sse?channel=dashboard/events`, {
      headers: { authorization: 'Bearer ann' },
    })
    expect(await next()).toContain('"dashboard/events":"fresh"')
    ann.role = 'reader'
    expect((await rest()).at(-1)).toBe('event: sse.bye\ndata: {"reason":"revoked"}')
    ann.role = 'admin'
  })
})

describe('channels beside other routes', () => {
  it('lists the orders as JSON, and tells of the updates of one', async () => {
    const orders = new Map([['42', { id: '42', status: 'paid' }]])
    const hub = createSSEHub({
      channels: { 'orders/:order/events': eventTypes<{ shipped: { by: string } }>() },
    })
    hub.channel('orders/:order/events', { resolve: ({ order }) => orders.get(order) })
    const serveHub = toNodeHandler(hub)
    const url = await serve(hub, (req, res) =>
      serveHub(req, res, () => {
        res.setHeader('Content-Type', 'application/json')
        res.end(JSON.stringify([...orders.values()]))
      }),
    )
    expect(await (await fetch(`${url}/orders`)).json()).toEqual([{ id: '42', status: 'paid' }])
    const page = await follow(url, ['orders/42/events'])
    await hub.to('orders/42/events').send('shipped', { by: 'ship' })
    expect(await page.next()).toEqual(['shipped', { by: 'ship' }])
  })
})
