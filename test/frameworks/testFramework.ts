import { createEventStream } from '@tidewire/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FrameReader, readEvents } from '../frameReader.ts'
import type { StartedShop } from './startedShop.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}'
const authorization = 'Bearer shop-token'
/** How long something may take, and how often to look, in milliseconds. */
const PATIENCE = { timeout: 5000, interval: 5 }

/** What every framework does with the same shop. */
export function testFramework(name: string, start: () => Promise<StartedShop>): void {
  let shop: StartedShop
  /** Lets every reader of the test leave. */
  let leave: AbortController

  beforeAll(async () => {
    shop = await start()
  })
  afterAll(() => shop.close())
  // What fails before its head or after it is logged, by the framework or by the stream.
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    leave = new AbortController()
  })
  afterEach(async () => {
    leave.abort()
    await untilFollowers(0)
    vi.restoreAllMocks()
  })

  async function untilFollowers(count: number): Promise<void> {
    await vi.waitFor(async () => expect(await shop.followers()).toBe(count), PATIENCE)
  }

  function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(shop.url + path, { headers: { authorization, ...headers }, signal: leave.signal })
  }

  function post(path: string, body: unknown): Promise<Response> {
    const headers = { authorization, 'content-type': 'application/json' }
    return fetch(shop.url + path, { method: 'POST', headers, body: JSON.stringify(body), signal: leave.signal })
  }

  async function follow(headers?: Record<string, string>): Promise<{ response: Response; frames: FrameReader }> {
    const response = await get('/orders/42/events', headers)
    const frames = readEvents(response)
    await untilFollowers(1)
    return { response, frames }
  }

  /** Follows the order 42 on its channel. `more` goes into the query. */
  async function followChannel(more = ''): Promise<{ response: Response; frames: FrameReader; connection: string }> {
    const response = await get(`/_sse?channel=orders/42${more}`)
    const frames = readEvents(response)
    const [, connection = ''] = /"connection":"([^"]+)"/.exec((await frames.next()) ?? '') ?? []
    return { response, frames, connection }
  }

  describe(name, { timeout: 15_000 }, () => {
    it('sends the head before there is any event, with the headers of the stream and of the application', async () => {
      const { response } = await follow()
      expect(response.status).toBe(200)
      const headers = Object.fromEntries(response.headers)
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'access-control-allow-origin': 'https://shop.example',
      })
      for (const header of ['content-length', 'content-encoding', 'etag']) expect(headers).not.toHaveProperty(header)
    })

    it('sends each event before the next one is made', async () => {
      const { frames } = await follow()
      for (const status of ['paid', 'packed', 'shipped']) {
        await shop.change(status)
        expect(await frames.next()).toMatch(new RegExp(`^event: changed\nid: \\d+\ndata: {"status":"${status}"}$`))
      }
    })

    it('ends the source when its reader leaves', async () => {
      const { frames } = await follow()
      await shop.change('paid')
      await frames.next()
      await frames.cancel()
      await untilFollowers(0)
    })

    it('ends the source of each reader that leaves before its first event, and of no other', async () => {
      const staying = await follow()
      const leaving = await get('/orders/42/events')
      await untilFollowers(2)
      await leaving.body?.cancel()
      await untilFollowers(1)
      await shop.change('paid')
      expect(await staying.frames.next()).toContain('"paid"')
    })

    it('resumes after the last event ID', async () => {
      const { frames } = await follow()
      for (const status of ['paid', 'packed', 'shipped']) await shop.change(status)
      const [, id = ''] = /id: (\d+)/.exec((await frames.next()) ?? '') ?? []
      const resumed = readEvents(await get('/orders/42/events', { 'last-event-id': id }))
      expect(await resumed.next()).toContain(`id: ${Number(id) + 1}\ndata: {"status":"packed"}`)
      expect(await resumed.next()).toContain(`id: ${Number(id) + 2}\ndata: {"status":"shipped"}`)
    })

    it('reads a body, and answers it with a stream', async () => {
      const response = await post('/answers', { question: 'is it späť?' })
      expect(response.status).toBe(200)
      expect(await readEvents(response).rest()).toEqual([
        ...['You', 'asked:', 'is', 'it', 'späť?'].map((word) => `event: word\ndata: ${word}`),
        COMPLETE,
      ])
    })

    it('follows the progress of a task to its result', async () => {
      const frames = await readEvents(await post('/imports', ['a', 'b', 'c', 'd'])).rest()
      expect(frames.length).toBeGreaterThan(2)
      expect(frames.at(0)).toMatch(/^event: progress\ndata: \{"percent":\d+,"message":"Importing \w","loaded":\d/)
      expect(frames.slice(-2)).toEqual(['event: complete\ndata: {"result":{"imported":4}}', COMPLETE])
    })

    it.each([
      [401, 'of a stranger', '/orders/42/events', 'Bearer stolen'],
      [404, 'for an order that is not there', '/orders/7/events', authorization],
      [500, 'where finding the order fails', '/orders/seven/events', authorization],
    ])('answers with the status %i %s, and no stream', async (status, _when, path, token) => {
      const response = await get(path, { authorization: token })
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type') ?? '').not.toContain('text/event-stream')
      await response.text()
    })

    it('tells its reader, and nobody else, that a source has failed', async () => {
      const { frames } = await follow()
      await shop.change('paid')
      await shop.change('lost')
      expect(await frames.next()).toContain('"paid"')
      expect(await frames.rest()).toEqual(['event: sse.bye\ndata: {"reason":"error","code":"internal"}'])
      // The application lives.
      await follow()
    })

    it('is followed by the client over a reconnection to its end', async () => {
      const received: unknown[] = []
      const closed = Promise.withResolvers<string>()
      const stream = createEventStream(`${shop.url}/orders/42/events`, {
        headers: { authorization },
        signal: leave.signal,
        on: { changed: (data) => void received.push(data) },
        onClose: closed.resolve,
      })
      await untilFollowers(1)
      await shop.change('paid')
      await vi.waitFor(() => expect(received).toHaveLength(1), PATIENCE)
      stream.reconnect()
      await shop.change('packed')
      await vi.waitFor(() => expect(received).toHaveLength(2), PATIENCE)
      await shop.change('delivered')
      expect(await closed.promise).toBe('complete')
      expect(received).toEqual([{ status: 'paid' }, { status: 'packed' }])
    })

    it('serves a hub: its events arrive one by one, and a reader that leaves is forgotten', async () => {
      const { response, frames } = await followChannel()
      expect(response.status).toBe(200)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'access-control-allow-origin': 'https://shop.example',
      })
      for (const status of ['paid', 'packed']) {
        await shop.change(status)
        expect(await frames.next()).toMatch(new RegExp(`^event: changed\nid: .+\ndata: {"status":"${status}"}$`))
      }
      await frames.cancel()
      await untilFollowers(0)
    })

    it.each([
      [200, 'where the channel lets it in', 'turnover', 'Bearer staff-token'],
      [403, 'where it does not', 'turnover', authorization],
      [404, 'where there is no such channel', 'orders/7', authorization],
      [401, 'where the middleware of the application comes first', 'turnover', 'Bearer stolen'],
    ])('answers a reader of the hub with the status %i %s', async (status, _where, channel, token) => {
      const response = await get(`/_sse?channel=${channel}`, { authorization: token })
      expect(response.status).toBe(status)
      const type = response.headers.get('content-type') ?? ''
      expect(type.startsWith('text/event-stream')).toBe(status === 200)
      await response.body?.cancel()
    })

    it('lets a reader of the hub change what it follows', async () => {
      const { frames, connection } = await followChannel('&v=1')
      await untilFollowers(1)
      expect((await post('/_sse', { connection, rev: 1, channels: {} })).status).toBe(204)
      await untilFollowers(0)
      expect((await post('/_sse', { connection, rev: 2, channels: { 'orders/42': null } })).status).toBe(204)
      expect(await frames.next()).toMatch(/^event: sse.live\ndata: .*"orders\/42"/)
      await shop.change('paid')
      expect(await frames.next()).toContain('event: orders/42#changed')
    })
  })
}
