import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { createEventStream, type EventStreamOptions, eventTypes, type Parse, type SSEError } from '@tidewire/client'
import { createSSEStream, getLastEventId, type SSEEvent } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createLog } from './createLog.ts'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()

interface Events {
  ready: { now: number }
  tick: { now: number }
}

/** Answers with these events; `bye: false` then breaks off, as it does not say that this was all. */
const answer = (req: IncomingMessage, res: ServerResponse, events: SSEEvent[], { bye = true } = {}) =>
  pipeSSE(
    createSSEStream(
      async (stream) => {
        for (const event of events) await stream.send(event)
      },
      { bye },
    ),
    req,
    res,
  )

const serve = (...events: SSEEvent[]) => server.serve((req, res) => answer(req, res, events))

/** Follows a stream to its end. Resolves with all that it has brought. */
function follow(url: string, options: EventStreamOptions = {}): Promise<unknown[]> {
  const events: unknown[] = []
  return new Promise((resolve) =>
    createEventStream(url, {
      signal: server.signal,
      ...options,
      onEvent: ({ event, data }) => events.push([event, data]),
      onClose: () => resolve(events),
    }),
  )
}

describe('the client', () => {
  it('hands typed events to their handlers, until one is taken off and the stream is closed', async () => {
    const left = Promise.withResolvers<void>()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async (stream) => {
          let now = 0
          await stream.send({ event: 'ready', data: { now } })
          const timer = setInterval(() => {
            stream.event('ready', { now: ++now })
            stream.event('tick', { now })
          }, 1000)
          await stream.closed
          clearInterval(timer)
          left.resolve()
        }),
        req,
        res,
      ),
    )
    const { add, next } = createLog()
    const stream = createEventStream(url, { events: eventTypes<Events>(), signal: server.signal })
    const offReady = stream.on('ready', (_data, event) => {
      expectTypeOf(event.data).toEqualTypeOf<{ now: number }>()
      add(['ready', event.data.now])
    })
    stream.on('tick', (data) => add(['tick', data.now]))
    // @ts-expect-error: there is no such event.
    stream.on('tock', () => {})

    expect(await next()).toEqual(['ready', 0])
    vi.advanceTimersByTime(1000)
    expect(await next()).toEqual(['ready', 1])
    expect(await next()).toEqual(['tick', 1])
    offReady()
    vi.advanceTimersByTime(1000)
    expect(await next()).toEqual(['tick', 2])
    stream.close()
    await left.promise
  })

  it('sends the cookies of the page where it is told to', async () => {
    const url = await server.serve((req, res) => {
      if (!req.headers.cookie) return res.writeHead(401).end()
      return answer(req, res, [{ data: req.headers.cookie }])
    })
    // A page's `fetch` has cookies; that of a server has none.
    const send: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers)
      if (init?.credentials === 'include') headers.set('cookie', 'user=ann')
      return fetch(input, { ...init, headers })
    }
    expect(await follow(url, { fetch: send, credentials: 'include' })).toEqual([['message', 'user=ann']])
    expect(await follow(url, { fetch: send })).toEqual([])
  })

  it('sends a body and headers, too', async () => {
    const url = await server.serve(async (req, res) => {
      const { after } = (await json(req)) as { after: number }
      return answer(req, res, [{ data: [req.headers.authorization, after] }])
    })
    const headers = async () => ({ authorization: 'Bearer ann' })
    expect(await follow(url, { headers, body: { after: 7 } })).toEqual([['message', ['Bearer ann', 7]]])
  })

  it('signs each URL anew, as it is valid once', async () => {
    const issued = new Set<string>()
    const url = await server.serve((req, res) => {
      const { searchParams } = new URL(req.url ?? '', 'http://localhost')
      if (!issued.delete(searchParams.get('signature') ?? '')) return res.writeHead(403).end()
      const n = Number(getLastEventId(req)) + 1
      return answer(req, res, [{ id: String(n), data: n }], { bye: n === 3 })
    })
    const resolveURL = async (plain: string) => {
      const signature = crypto.randomUUID()
      issued.add(signature)
      return `${plain}?signature=${signature}`
    }
    expect(await follow(url, { resolveURL, retry: { delay: 1 } })).toEqual([
      ['message', 1],
      ['message', 2],
      ['message', 3],
    ])
  })
})

describe('parsing', () => {
  const lines = [
    { event: 'line', data: '{"n":1}' },
    { event: 'line', data: 'plain' },
  ]

  it.each<[string, Parse | undefined, unknown[]]>([
    ['is that of JSON, and leaves what is none', undefined, [{ n: 1 }, 'plain']],
    ['is off for text', 'text', ['{"n":1}', 'plain']],
    ['is that of a parser of the page', (text, event) => `${event}: ${text.length}`, ['line: 7', 'line: 5']],
    ['is that of an event by its name', { line: 'text', other: 'json' }, ['{"n":1}', 'plain']],
  ])('%s', async (_title, parse, expected) => {
    const events = await follow(await serve(...lines), { parse })
    expect(events).toEqual(expected.map((data) => ['line', data]))
  })

  it('refuses what is no JSON, where it is to be that, and goes on', async () => {
    const errors: SSEError[] = []
    const url = await serve({ data: 'plain' }, { data: '{"n":2}' })
    expect(await follow(url, { parse: 'json', onError: (error) => errors.push(error) })).toEqual([
      ['message', { n: 2 }],
    ])
    expect(errors).toEqual([expect.objectContaining({ name: 'SSEError', code: 'parse' })])
  })
})

describe('the last event ID', () => {
  it('is sent by a reconnection, and the stream goes on from the storage of the application', async () => {
    const items = ['a', 'b', 'c']
    const asked: string[] = []
    const url = await server.serve((req, res) => {
      const lastId = getLastEventId(req)
      asked.push(lastId)
      const next = Number(lastId)
      return answer(req, res, [{ id: String(next + 1), data: items[next] }], { bye: false })
    })
    const until: EventStreamOptions['until'] = ({ data }) => data === 'c'
    expect(await follow(url, { until, retry: { delay: 1 } })).toEqual(items.map((item) => ['message', item]))
    expect(asked).toEqual(['', '1', '2'])
  })
})

describe('auth', () => {
  it('tells a stranger so, and does not try again', async () => {
    let requests = 0
    const url = await server.serve((_req, res) => {
      requests++
      res.writeHead(401).end()
    })
    const closed = Promise.withResolvers<string>()
    const stream = createEventStream(url, { signal: server.signal, onClose: closed.resolve })
    expect(await closed.promise).toBe('denied')
    expect(stream.error).toMatchObject({ code: 'http-status', status: 401 })
    expect(requests).toBe(1)
  })
})
