import { createEventStream, type EventStreamOptions } from '@tidewire/client'
import { createTestTransport, type TestTransport } from '@tidewire/client/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { follow, type Followed } from './followed.ts'

const { setTimeout } = globalThis

/** Lets real time pass, also under fake timers. */
const pass = (delay: number) => new Promise((resolve) => setTimeout(resolve, delay))

/** States what the test transport does for streams, by a real clock and by one that stands still. */
export function describeTestTransport(environment: string): void {
  describe.each(['real', 'fake'])(`createTestTransport in ${environment}, with %s timers`, (timers) => {
    let transport: TestTransport

    beforeEach(() => {
      if (timers === 'fake') vi.useFakeTimers()
      transport = createTestTransport()
    })

    afterEach(async () => {
      await transport.close()
      if (timers === 'fake') {
        // Who was about to come back is told that it is over.
        await vi.advanceTimersByTimeAsync(60_000)
        expect(vi.getTimerCount()).toBe(0)
      }
      vi.useRealTimers()
      expect(transport.connections).toEqual([])
    })

    const start = (options: EventStreamOptions = {}): Followed =>
      follow('/events', { fetch: transport.fetch, retry: { delay: 1, jitter: 'none' }, ...options })

    /** Opens once more, after the delay of a reconnection. */
    async function reopen() {
      const opening = transport.open()
      if (timers === 'fake') await vi.advanceTimersByTimeAsync(1)
      return opening
    }

    it('has what was asked for', async () => {
      start({ lastEventId: 'ü1', headers: { 'X-Test': 'a' } })
      const get = await transport.request()
      expect(get).toMatchObject({ url: '/events', method: 'GET', body: undefined, json: undefined, lastEventId: 'ü1' })
      expect(get.headers.get('X-Test')).toBe('a')
      expect(get.headers.get('Accept')).toBe('text/event-stream')
      start({ body: { prompt: 'hello' } })
      const post = await transport.request(({ method }) => method === 'POST')
      expect(post).toMatchObject({ body: '{"prompt":"hello"}', json: { prompt: 'hello' }, lastEventId: '' })
      expect(transport.requests).toEqual([get, post])
    })

    it('has delivered an event when its promise resolves', async () => {
      const { stream, log } = start()
      const connection = await transport.open()
      expect(stream.status).toBe('open')
      expect(transport.connections).toEqual([connection])
      await connection.event('tick', { n: 1 }, { id: '1' })
      expect(stream.lastEvent).toEqual({ event: 'tick', data: { n: 1 }, id: '1', text: '{"n":1}' })
      await connection.message('two\r\nlines')
      expect(stream.data).toBe('two\nlines')
      await connection.id('2')
      expect(stream.lastEventId).toBe('2')
      await connection.comment()
      await connection.comment('still\nhere')
      await connection.text('data: sp')
      await connection.text('lit\n')
      await connection.text(Uint8Array.of(0x0a, 0x64))
      expect(stream.data).toBe('split')
      expect(log).toEqual(['open', 'tick:{"n":1}', 'message:two\nlines', 'message:split'])
    })

    it('has delivered it to a loop, too', async () => {
      const { stream } = start()
      const connection = await transport.open()
      const seen: unknown[] = []
      const loop = (async () => {
        for await (const { data } of stream) seen.push(data)
      })()
      await connection.message(1)
      expect(seen).toEqual([1])
      await connection.bye()
      await loop
    })

    it('delivers in order what nobody has waited for', async () => {
      const { log } = start()
      const connection = await transport.open()
      void connection.message(1)
      void connection.message(2)
      await connection.message(3)
      expect(log).toEqual(['open', 'message:1', 'message:2', 'message:3'])
      void connection.message(4)
      void connection.message(5)
      await connection.drop()
      expect(log.slice(4)).toEqual(['message:4', 'message:5', 'error:network'])
    })

    it('loses the connection, and takes it up again', async () => {
      const { stream, log } = start()
      const first = await transport.open()
      await first.message('a', { id: 'i1' })
      await first.drop()
      expect(first.isOpen).toBe(false)
      expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'network' } })
      const second = await reopen()
      expect(second.request.lastEventId).toBe('i1')
      await second.end()
      expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'disconnected' } })
      await reopen()
      expect(stream.status).toBe('open')
      expect(transport.requests).toHaveLength(3)
      expect(log).toEqual(['open', 'message:a', 'error:network', 'open', 'error:disconnected', 'open'])
    })

    it('says goodbye', async () => {
      const complete = start()
      await (await transport.open()).bye()
      expect(complete.stream).toMatchObject({ status: 'closed', closeReason: 'complete' })
      const failed = start({ retry: false })
      await (await transport.open()).bye('error', 'out-of-paper')
      expect(failed.stream).toMatchObject({ closeReason: 'fatal', error: { code: 'server', reason: 'out-of-paper' } })
      const revoked = start()
      const connection = await transport.open()
      await connection.bye('revoked')
      expect(revoked.stream.closeReason).toBe('revoked')
      expect(connection.isOpen).toBe(false)
      await connection.closed
    })

    it('refuses, and fails', async () => {
      const { stream } = start()
      await transport.refuse(503)
      expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'http-status', status: 503 } })
      const failing = transport.fail()
      if (timers === 'fake') await vi.advanceTimersByTimeAsync(1)
      await failing
      expect(stream).toMatchObject({ status: 'reconnecting', attempt: 2, error: { code: 'network' } })
      await reopen()
      expect(stream.status).toBe('open')

      const denied = start()
      await transport.refuse(401, { 'WWW-Authenticate': 'Bearer' })
      expect(denied.stream.closeReason).toBe('denied')
      const over = start()
      await transport.refuse(204)
      expect(over.stream.closeReason).toBe('complete')
      const page = start({ retry: false })
      const connection = await transport.open({ 'Content-Type': 'text/html' })
      expect(page.stream.error?.code).toBe('content-type')
      expect(connection.isOpen).toBe(false)
    })

    it('waits for requests in the order in which they come', async () => {
      const opening = [transport.open(), transport.refuse(401), transport.open()] as const
      const [first, second, third] = [start(), start(), start()]
      const connections = await Promise.all(opening)
      expect([first, second, third].map(({ stream }) => stream.status)).toEqual(['open', 'closed', 'open'])
      expect(transport.connections).toEqual([connections[0], connections[2]])
    })

    it('answers the request that a test picks', async () => {
      const [a, b] = ['/a', '/b'].map((url) => follow(url, { fetch: transport.fetch }))
      const request = await transport.request(({ url }) => url === '/b')
      expect(request.isPending).toBe(true)
      await request.open()
      expect([a?.stream.status, b?.stream.status]).toEqual(['connecting', 'open'])
      expect(request.isPending).toBe(false)
      await expect(request.open()).rejects.toMatchObject({ code: 'closed' })
      await transport.fail()
      expect(a?.stream.status).toBe('reconnecting')
    })

    it('knows when the client leaves', async () => {
      const { stream } = start()
      const connection = await transport.open()
      void connection.message('never')
      stream.close()
      await connection.closed
      expect(connection.isOpen).toBe(false)
      expect(transport.connections).toEqual([])
      for (const verb of [connection.end, connection.drop, connection.comment, connection.bye]) {
        await expect(verb()).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
      }
    })

    it('passes over a request that was given up', async () => {
      const { stream } = start()
      const request = await transport.request()
      stream.close()
      expect(request.isPending).toBe(false)
      const other = start()
      await transport.open()
      expect(other.stream.status).toBe('open')
      expect(stream.status).toBe('closed')
    })

    it('takes whatever fetch takes', async () => {
      const request = new Request('http://localhost/a', { method: 'PUT', body: 'text', headers: { 'X-Test': 'b' } })
      void transport.fetch(request).catch(() => {})
      expect(await transport.request()).toMatchObject({ url: 'http://localhost/a', method: 'PUT', body: 'text' })
      expect(transport.requests[0]?.headers.get('X-Test')).toBe('b')
      void transport.fetch(new URL('http://localhost/b?lastEventId=7')).catch(() => {})
      const form = new FormData()
      void transport.fetch('/c', { method: 'post', body: form }).catch(() => {})
      const last = await transport.request(({ url }) => url === '/c')
      expect(last).toMatchObject({ method: 'POST', body: form, json: undefined })
      expect(transport.requests[1]).toMatchObject({ url: 'http://localhost/b?lastEventId=7', lastEventId: '7' })
      const reason = new Error('gone')
      const gone = transport.fetch('/d', { signal: AbortSignal.abort(reason) })
      await expect(gone).rejects.toBe(reason)
    })

    it('waits for a client that takes its time', async () => {
      const { stream } = start({
        async fetch(...args) {
          const { body, headers } = await transport.fetch(...args)
          await pass(5)
          const slow = new TransformStream<Uint8Array, Uint8Array>({
            async transform(chunk, controller) {
              await pass(5)
              controller.enqueue(chunk)
            },
          })
          return new Response(body?.pipeThrough(slow), { headers })
        },
      })
      const connection = await transport.open()
      expect(stream.status).toBe('open')
      await connection.message(1)
      expect(stream.data).toBe(1)
      stream.close()
      await connection.closed
    })

    it('gives up what is aborted, whoever reads it', async () => {
      const controller = new AbortController()
      const { signal } = controller
      const fetched = transport.fetch('/a', { signal })
      const connection = transport.open()
      const reading = (await fetched).text()
      const reason = new Error('enough')
      await (await connection).message(1)
      controller.abort(reason)
      // Browsers do not pass the reason on.
      await expect(reading).rejects.toBeInstanceOf(Error)
      expect(transport.connections).toEqual([])
    })

    it('refuses what cannot be sent', async () => {
      start()
      const { event, id, retry, message } = await transport.open()
      expect(() => event('a\nb', 1)).toThrow(new TypeError('Expected `event` to be one line, got "a\\nb".'))
      expect(() => message(1, { id: '\0' })).toThrow('`id`')
      expect(() => id('\r')).toThrow('`id`')
      expect(() => retry(-1)).toThrow('`retry`')
      expect(() => message(undefined)).toThrow('Expected `data` to be text or JSON, got undefined.')
    })

    it('ends everything that is left when it is closed', async () => {
      const [open, stalled, asking] = [start(), start(), start({ body: 'text' })]
      const connection = await transport.open()
      await (await transport.open()).stall()
      await transport.request()
      const waiting = [transport.change(), transport.request(({ url }) => url === '/never')]
      await Promise.all([transport.close(), transport.close()])
      for (const { stream } of [open, stalled, asking]) expect(stream.closeReason).toBe('complete')
      for (const wait of [...waiting, transport.open()]) {
        await expect(wait).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
      }
      await connection.closed
      const late = start()
      await late.until('close')
      expect(late.stream.closeReason).toBe('complete')
    })

    it('ends a client that has half an event', async () => {
      const { stream, log, until } = start()
      const connection = await transport.open()
      await connection.text('data: ha')
      await transport.close()
      if (timers === 'fake') await vi.advanceTimersByTimeAsync(1)
      await until('close')
      expect(stream.closeReason).toBe('complete')
      expect(log).toEqual(['open', 'error:disconnected', 'close:complete'])
    })

    it('ends a client that is about to come back', async () => {
      const { stream, until } = start()
      await (await transport.open()).drop()
      await transport.close()
      if (timers === 'fake') await vi.advanceTimersByTimeAsync(1)
      await until('close')
      expect(stream.closeReason).toBe('complete')
    })
  })

  describe(`the clock of a test in ${environment}`, () => {
    let transport: TestTransport

    beforeEach(() => {
      vi.useFakeTimers({ now: 0 })
      vi.spyOn(Math, 'random').mockReturnValue(1)
      transport = createTestTransport()
    })

    afterEach(async () => {
      await transport.close()
      vi.useRealTimers()
      vi.restoreAllMocks()
    })

    it('is that of the backoff', async () => {
      const stream = createEventStream('/a', { fetch: transport.fetch })
      const connection = await transport.open()
      await connection.retry(5000)
      await connection.drop()
      expect(stream.nextRetryAt).toBe(5000)
      await vi.advanceTimersByTimeAsync(4999)
      expect(transport.requests).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1)
      await transport.refuse(503, { 'Retry-After': '7' })
      expect(stream.nextRetryAt).toBe(12_000)
    })

    it('is that of the watchdog', async () => {
      const stream = createEventStream('/a', { fetch: transport.fetch, heartbeat: 1000 })
      const connection = await transport.open()
      await vi.advanceTimersByTimeAsync(1900)
      await connection.comment()
      await vi.advanceTimersByTimeAsync(1900)
      expect(stream.status).toBe('open')
      await connection.stall()
      // Lost on its way.
      await connection.message('never')
      await vi.advanceTimersByTimeAsync(100)
      expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' }, data: undefined })
      expect(connection.isOpen).toBe(false)
    })
  })
}
