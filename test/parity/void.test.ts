import { createHmac, timingSafeEqual } from 'node:crypto'
import { createSSEStream, formatSSE, getLastEventId, type SSEEvent, type SSESession } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}'

useFakeIntervals()
const server = useServer()

/** What a start callback puts on the wire. */
async function framesOf(start: (stream: SSESession) => Promise<void>): Promise<string[]> {
  const url = await server.serve((req, res) => pipeSSE(createSSEStream(start), req, res))
  const { rest } = await server.follow(url)
  return rest()
}

describe('a server stream', () => {
  it('says that it is connected and ready, ticks every second, and is cleaned up when it is closed', async () => {
    const cleanedUp = Promise.withResolvers<void>()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream(async (stream) => {
          await stream.send({ comment: 'connected' })
          await stream.send({ event: 'ready', data: { now: 0 } })
          const timer = setInterval(() => {
            stream.send({ event: 'tick', data: { now: 1 } }).catch(() => stream.close())
          }, 1000)
          await stream.closed
          clearInterval(timer)
          cleanedUp.resolve()
        }),
        req,
        res,
      ),
    )
    const { next, cancel } = await server.follow(url)
    expect(await next()).toBe(': connected')
    expect(await next()).toBe('event: ready\ndata: {"now":0}')
    for (let count = 0; count < 2; count++) {
      vi.advanceTimersByTime(1000)
      expect(await next()).toBe('event: tick\ndata: {"now":1}')
    }
    await cancel()
    await cleanedUp.promise
  })

  it('is a response at once, with the default headers', async () => {
    const start = vi.fn<() => Promise<void>>()
    const response = createSSEStream(start).toResponse()
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await response.body?.cancel()
    expect(start).not.toHaveBeenCalled()
  })

  it('closes when the start callback returns', async () => {
    expect(await framesOf((stream) => stream.send({ data: 1 }))).toEqual(['data: 1', COMPLETE])
  })

  it('closes when the signal of the request aborts', async () => {
    const controller = new AbortController()
    const url = await server.serve((req, res) =>
      pipeSSE(
        createSSEStream((stream) => stream.closed, { signal: controller.signal }),
        req,
        res,
      ),
    )
    const { rest } = await server.follow(url)
    controller.abort()
    expect(await rest()).toEqual([])
  })
})

describe('sending', () => {
  it('writes id, event, retry and data, and comments', async () => {
    const frames = await framesOf(async (stream) => {
      await stream.send({ id: 'evt_1', event: 'post.update', retry: 1000, data: { id: 'post_123', likes: 10 } })
      await stream.send({ comment: 'still connected' })
    })
    expect(frames).toEqual([
      'event: post.update\nid: evt_1\nretry: 1000\ndata: {"id":"post_123","likes":10}',
      ': still connected',
      COMPLETE,
    ])
  })

  it('sends strings as they are, each of their lines as a line of data', async () => {
    const frames = await framesOf((stream) => stream.send({ data: 'one\ntwo\r\nthree' }))
    expect(frames).toEqual(['data: one\ndata: two\ndata: three', COMPLETE])
  })

  it.each<[string, SSEEvent, string]>([
    ['binary data', { data: new Uint8Array(3) }, 'data'],
    ['an event name that would begin another field', { event: 'a\ndata: forged', data: 1 }, 'event'],
    ['an id that would', { id: '1\r\nevent: forged', data: 1 }, 'id'],
    ['a retry that is no number of milliseconds', { retry: 1.5, data: 1 }, 'retry'],
  ])('rejects %s, and writes nothing of it', async (_title, event, field) => {
    const frames = await framesOf(async (stream) => {
      await expect(stream.send(event)).rejects.toMatchObject({ code: 'invalid-event', field })
    })
    expect(frames).toEqual([COMPLETE])
  })

  it('rejects after the close', async () => {
    const frames = await framesOf(async (stream) => {
      stream.close()
      await expect(stream.send({ data: 'late' })).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
    })
    expect(frames).toEqual([COMPLETE])
  })

  it('formats a payload that was serialized already, with the same checks', () => {
    const data = JSON.stringify({ id: 'post_123', likes: 10 })
    expect(formatSSE({ event: 'post.update', data })).toBe('event: post.update\ndata: {"id":"post_123","likes":10}\n\n')
    expect(() => formatSSE({ event: 'post\nupdate', data })).toThrow(/`event`/)
  })
})

describe('keepalives', () => {
  async function followSilent(heartbeat?: false | { interval: number; comment: string }) {
    const opened = Promise.withResolvers<SSESession>()
    const start = (stream: SSESession) => {
      opened.resolve(stream)
      return stream.closed
    }
    const url = await server.serve((req, res) => pipeSSE(createSSEStream(start, { heartbeat }), req, res))
    const { next } = await server.follow(url)
    return { next, stream: await opened.promise }
  }

  it('are sent every 15 seconds', async () => {
    const { next, stream } = await followSilent()
    vi.advanceTimersByTime(14_999)
    stream.comment('not yet')
    vi.advanceTimersByTime(1)
    expect(await next()).toBe(': not yet')
    expect(await next()).toBe(': heartbeat')
  })

  it('are off where the option says so', async () => {
    const { next, stream } = await followSilent(false)
    vi.advanceTimersByTime(60_000)
    stream.comment('nothing before')
    expect(await next()).toBe(': nothing before')
  })

  it('have the interval and the comment of the option', async () => {
    const { next } = await followSilent({ interval: 5000, comment: 'ping' })
    vi.advanceTimersByTime(5000)
    expect(await next()).toBe(': ping')
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse an interval of %d', (interval) => {
    expect(() => createSSEStream(() => {}, { heartbeat: { interval } })).toThrow(TypeError)
  })
})

describe('the last event ID', () => {
  it('resumes from the storage of the application', async () => {
    const items = ['a', 'b', 'c']
    const url = await server.serve((req, res) => {
      const lastId = Number(getLastEventId(req))
      return pipeSSE(
        createSSEStream((stream) => stream.send({ id: String(lastId + 1), data: items[lastId] })),
        req,
        res,
      )
    })
    expect(await (await server.follow(url)).next()).toBe('id: 1\ndata: a')
    const resumed = await server.follow(url, { headers: { 'last-event-id': '2' } })
    expect(await resumed.next()).toBe('id: 3\ndata: c')
  })
})

describe('auth', () => {
  const ready = (userId: string) => createSSEStream((stream) => stream.send({ event: 'ready', data: { userId } }))

  it('is that of any route: a cookie lets in, and a stranger gets 401', async () => {
    const url = await server.serve((req, res) => {
      const [, userId] = /user=(\w+)/.exec(req.headers.cookie ?? '') ?? []
      return userId ? pipeSSE(ready(userId), req, res) : res.writeHead(401).end()
    })
    const signedIn = await server.follow(url, { headers: { cookie: 'user=ann' } })
    expect(await signedIn.next()).toBe('event: ready\ndata: {"userId":"ann"}')
    expect((await server.follow(url)).response.status).toBe(401)
  })

  it('takes a signed url for a while', async () => {
    const sign = (text: string) => createHmac('sha256', 'secret').update(text).digest('hex')
    const url = await server.serve((req, res) => {
      const query = new URL(req.url ?? '', 'http://localhost').searchParams
      const [userId = '', expires = '', signature = ''] = ['user', 'expires', 'signature'].map(
        (name) => query.get(name) ?? '',
      )
      const expected = sign(`${userId} ${expires}`)
      const isGenuine =
        signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
      if (!isGenuine || Number(expires) < Date.now()) return res.writeHead(403).end()
      return pipeSSE(ready(userId), req, res)
    })
    const signed = (expires: number) => `${url}?user=ann&expires=${expires}&signature=${sign(`ann ${expires}`)}`
    const later = Date.now() + 60_000
    expect(await (await server.follow(signed(later))).next()).toBe('event: ready\ndata: {"userId":"ann"}')
    expect((await server.follow(signed(later - 120_000))).response.status).toBe(403)
    expect((await server.follow(`${signed(later)}0`)).response.status).toBe(403)
  })
})
