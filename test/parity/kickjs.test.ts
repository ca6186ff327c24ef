import { createEventStream, eventTypes } from '@tidewire/client'
import type { SSESession } from '@tidewire/server'
import { openSSE } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { ref, watch } from '../frameworks/reactivity.ts'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}'

useFakeIntervals()
const server = useServer()

describe('quick start', () => {
  it('sends a tick every second and cleans up when the client disconnects', async () => {
    const cleanedUp = Promise.withResolvers<void>()
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      const interval = setInterval(() => sse.event('tick', { time: new Date(0).toISOString() }), 1000)
      sse.onClose(() => {
        clearInterval(interval)
        cleanedUp.resolve()
      })
    })
    const { next, cancel } = await server.follow(url)
    for (let count = 0; count < 3; count++) {
      vi.advanceTimersByTime(1000)
      expect(await next()).toBe('event: tick\ndata: {"time":"1970-01-01T00:00:00.000Z"}')
    }
    await cancel()
    await cleanedUp.promise
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sets the headers, the one that stops nginx from buffering among them', async () => {
    const url = await server.serve((req, res) => openSSE(req, res).close())
    const { response } = await server.follow(url)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    })
  })
})

describe('the API', () => {
  it('sends data with or without a name and an id, and comments, and ends from the server', async () => {
    const onClose = vi.fn<() => void>()
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      sse.onClose(onClose)
      sse.write({ data: { n: 1 } })
      sse.write({ data: { n: 2 }, event: 'named' })
      sse.write({ data: { n: 3 }, event: 'named', id: '3' })
      sse.comment('ping')
      sse.close()
    })
    expect(await (await server.follow(url)).rest()).toEqual([
      'data: {"n":1}',
      'event: named\ndata: {"n":2}',
      'event: named\nid: 3\ndata: {"n":3}',
      ': ping',
      COMPLETE,
    ])
    expect(onClose).toHaveBeenCalledOnce()
  })
})

describe('patterns', () => {
  it('sends named events to the listeners of their names', async () => {
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      sse.event('user-activity', { userId: 1, action: 'login' })
      sse.event('metrics-update', { count: 42 })
      sse.close()
    })
    const heard: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<string>()
    const source = createEventStream(url, { signal: server.signal, onClose: resolve })
    source.on('user-activity', (data) => heard.push(data))
    source.on('metrics-update', (data) => heard.push(data))
    await promise
    expect(heard).toEqual([{ userId: 1, action: 'login' }, { count: 42 }])
  })

  it('keeps the connection alive with a comment every 30 seconds', async () => {
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res, { heartbeat: false })
      const keepAlive = setInterval(() => sse.comment('ping'), 30_000)
      sse.onClose(() => clearInterval(keepAlive))
    })
    const { next } = await server.follow(url)
    vi.advanceTimersByTime(30_000)
    expect(await next()).toBe(': ping')
  })

  it('does the same by an option', async () => {
    const heartbeat = { interval: 30_000, comment: 'ping' }
    const url = await server.serve((req, res) => void openSSE(req, res, { heartbeat }))
    const { next } = await server.follow(url)
    vi.advanceTimersByTime(30_000)
    expect(await next()).toBe(': ping')
  })

  it('gives events ids, and replays on reconnection what was missed', async () => {
    const changes = [1, 2, 3, 4]
    const sessions: SSESession[] = []
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      sessions.push(sse)
      const missed = changes.filter((id) => id > Number(sse.lastEventId))
      // The first reader loses its connection after two of them.
      for (const id of sessions.length === 1 ? missed.slice(0, 2) : missed) {
        sse.write({ event: 'change', id: String(id), data: { message: `update ${id}` } })
      }
      if (sessions.length > 1) sse.close()
    })
    const messages: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<string>()
    const stream = createEventStream(url, {
      events: eventTypes<{ change: { message: string } }>(),
      signal: server.signal,
      onClose: resolve,
    })
    stream.on('change', ({ message }, { id }) => {
      messages.push([id, message])
      if (messages.length === 2) stream.reconnect()
    })
    await promise
    expect(messages).toEqual(changes.map((id) => [String(id), `update ${id}`]))
    expect(sessions.map(({ lastEventId }) => lastEventId)).toEqual(['', '2'])
  })
})

describe('a reactive source', () => {
  it('sends each new value of a ref to every client, and stops watching when a client disconnects', async () => {
    const notifications = ref<string[]>([])
    const stops: (() => void)[] = []
    const stopped: Promise<void>[] = []
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      const stop = vi.fn<() => void>(watch(notifications, (items) => sse.event('update', { notifications: items })))
      stops.push(stop)
      sse.onClose(stop)
      stopped.push(sse.closed)
    })
    const first = await server.follow(url)
    const second = await server.follow(url)
    notifications.value = ['Welcome']
    expect(await first.next()).toBe('event: update\ndata: {"notifications":["Welcome"]}')
    expect(await second.next()).toBe('event: update\ndata: {"notifications":["Welcome"]}')
    await first.cancel()
    await Promise.race(stopped)
    expect(stops.map((stop) => vi.mocked(stop).mock.calls.length)).toEqual([1, 0])
    notifications.value = ['Welcome', 'Again']
    expect(await second.next()).toBe('event: update\ndata: {"notifications":["Welcome","Again"]}')
  })
})
