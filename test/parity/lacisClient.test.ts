import type { ServerResponse } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { type CloseReason, createEventStream, type EventStreamOptions, type SSEError } from '@tidewire/client'
import { openSSE } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { createLog } from './createLog.ts'
import { useFakeIntervals, withFakeTimeouts } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()

/** Follows a stream to its end. Resolves with why that is. */
function follow(url: string, options: EventStreamOptions = {}): Promise<CloseReason> {
  return new Promise((onClose) => createEventStream(url, { signal: server.signal, ...options, onClose }))
}

describe('the client', () => {
  it('posts a prompt, waits for the answer to begin, and hands each kind of event to its handler', async () => {
    const url = await server.serve(async (req, res) => {
      const { prompt } = (await json(req)) as { prompt: string }
      const sse = openSSE(req, res)
      sse.json({ delta: prompt })
      sse.event('done', { finish_reason: 'stop' })
      sse.close()
    })
    const log: unknown[] = []
    const closed = Promise.withResolvers<CloseReason>()
    const client = createEventStream(url, {
      method: 'POST',
      body: JSON.stringify({ prompt: 'Hello' }),
      headers: { 'content-type': 'application/json' },
      signal: server.signal,
      onMessage: (data) => log.push(['chunk', data]),
      on: {
        done: (data) => log.push(['done', data]),
        error: (data) => log.push(['error', data]),
      },
      onClose: closed.resolve,
    })
    await client.opened
    expect(await closed.promise).toBe('complete')
    expect(log).toEqual([
      ['chunk', { delta: 'Hello' }],
      ['done', { finish_reason: 'stop' }],
    ])
  })
})

describe('the options of a request', () => {
  it.each<[string, EventStreamOptions, [method: string, contentType: string | undefined, body: string]]>([
    ['is a GET', {}, ['GET', undefined, '']],
    ['is a POST of JSON where it has a body', { body: '{"a":1}' }, ['POST', 'application/json', '{"a":1}']],
    ['has the method that is given', { method: 'PUT', body: '{}' }, ['PUT', 'application/json', '{}']],
    [
      'has the content type that is given',
      { body: 'a,b', headers: { 'Content-Type': 'text/csv' } },
      ['POST', 'text/csv', 'a,b'],
    ],
  ])('%s', async (_title, options, expected) => {
    const requests: unknown[] = []
    const url = await server.serve(async (req, res) => {
      requests.push([req.method, req.headers['content-type'], await text(req)])
      openSSE(req, res).close()
    })
    expect(await follow(url, options)).toBe('complete')
    expect(requests).toEqual([expected])
  })
})

describe('the options of a reconnection', () => {
  it('wait for an interval before each attempt, and give up after as many', () =>
    withFakeTimeouts(async () => {
      let requests = 0
      const url = await server.serve((_req, res) => {
        requests++
        res.writeHead(503).end()
      })
      const failures = createLog<number | undefined>()
      const closed = Promise.withResolvers<CloseReason>()
      const client = createEventStream(url, {
        retry: { delay: 3000, multiplier: 1, jitter: 'none', maxAttempts: 3 },
        signal: server.signal,
        onError: ({ status }) => failures.add(status),
        onClose: closed.resolve,
      })
      for (let attempt = 1; attempt <= 3; attempt++) {
        expect(await failures.next()).toBe(503)
        vi.advanceTimersByTime(2999)
        await null
        expect(client).toMatchObject({ status: 'reconnecting', attempt, nextRetryAt: expect.any(Number) })
        vi.advanceTimersByTime(1)
        await null
        // Another attempt is under way.
        expect(client.nextRetryAt).toBeUndefined()
      }
      expect(await closed.promise).toBe('fatal')
      expect(requests).toBe(4)
    }))

  it('bring back what a lost connection was following', async () => {
    const connections: ServerResponse[] = []
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      sse.json(connections.push(res))
      if (connections.length === 2) sse.close()
    })
    const heard: unknown[] = []
    const onMessage = (data: unknown) => {
      // It breaks: nobody has said that this was all.
      if (heard.push(data) === 1) connections[0]?.destroy()
    }
    expect(await follow(url, { retry: { delay: 1 }, onMessage })).toBe('complete')
    expect(heard).toEqual([1, 2])
  })

  it.each<[string, EventStreamOptions]>([
    ['may be off', { retry: false }],
    ['are off for a POST, which may have had its effect', { body: { prompt: 'Hello' } }],
  ])('%s', async (_title, options) => {
    const connections: ServerResponse[] = []
    const url = await server.serve((req, res) => {
      connections.push(res)
      openSSE(req, res).json('beginning')
    })
    const onMessage = () => void connections[0]?.destroy()
    const onError = vi.fn<(error: SSEError) => void>()
    expect(await follow(url, { ...options, onMessage, onError })).toBe('fatal')
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'network' }))
    expect(connections).toHaveLength(1)
  })

  it('repeat a POST where they say so', async () => {
    const prompts: unknown[] = []
    const url = await server.serve(async (req, res) => {
      prompts.push(await json(req))
      if (prompts.length === 1) res.writeHead(503).end()
      else openSSE(req, res).close()
    })
    expect(await follow(url, { body: { prompt: 'Hello' }, retry: { delay: 1 } })).toBe('complete')
    expect(prompts).toEqual([{ prompt: 'Hello' }, { prompt: 'Hello' }])
  })
})

describe('the handlers', () => {
  it('hear of a connection that fails, and then that it is closed', async () => {
    const url = await server.serve((_req, res) => res.writeHead(500).end())
    const log: unknown[] = []
    const reason = await follow(url, { retry: false, onError: ({ code, status }) => log.push([code, status]) })
    expect([...log, reason]).toEqual([['http-status', 500], 'fatal'])
  })

  it('hear of a server that is not there', async () => {
    const onError = vi.fn<(error: SSEError) => void>()
    // Port 1 is nobody's.
    expect(await follow('http://localhost:1', { retry: false, onError })).toBe('fatal')
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'network' }))
  })

  it('hear that it is closed where the page closes it, once, and of nothing after it', async () => {
    const left = Promise.withResolvers<void>()
    const url = await server.serve((req, res) => {
      const sse = openSSE(req, res)
      sse.json(1)
      sse.json(2)
      sse.onClose(left.resolve)
    })
    const log: unknown[] = []
    const client = createEventStream(url, {
      signal: server.signal,
      onMessage(data) {
        log.push(data)
        client.close()
        client.close()
      },
      onClose: (reason) => log.push(reason),
      onError: (error) => log.push(error),
    })
    await left.promise
    expect(log).toEqual([1, 'manual'])
  })
})
