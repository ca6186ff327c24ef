import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { createEventStream } from '@tidewire/client'
import type { SSESession } from '@tidewire/server'
import { openSSE } from '@tidewire/server/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readEvents } from '../frameReader.ts'
import { bun, spawnBun } from '../spawnBun.ts'
import { useFakeIntervals, withFakeTimeouts } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}'

useFakeIntervals()
const server = useServer()

/** What a route that uses the session puts on the wire. */
async function framesOf(use: (session: SSESession) => unknown): Promise<string[]> {
  const url = await server.serve((req, res) => use(openSSE(req, res)))
  const { rest } = await server.follow(url)
  return rest()
}

describe('basic usage', () => {
  it('says that it is connected, sends an update a second later, and closes', () =>
    withFakeTimeouts(async () => {
      const url = await server.serve(async (req, res) => {
        const sse = openSSE(req, res)
        sse.json({ type: 'connected' })
        await new Promise((resolve) => setTimeout(resolve, 1000))
        sse.json({ type: 'update', data: { value: 42 } })
        sse.close()
      })
      const { response, next, rest } = await server.follow(url)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        connection: 'keep-alive',
      })
      expect(await next()).toBe('data: {"type":"connected"}')
      vi.advanceTimersByTime(1000)
      expect(await rest()).toEqual(['data: {"type":"update","data":{"value":42}}', COMPLETE])
    }))

  it('opens after an await, too', async () => {
    const url = await server.serve(async (req, res) => {
      const data = await wait(0, 'fetched')
      const sse = openSSE(req, res)
      sse.json(data)
      sse.close()
    })
    expect(await (await server.follow(url)).rest()).toEqual(['data: "fetched"', COMPLETE])
  })

  it.skipIf(!existsSync(bun))('opens after an await on Bun, too', async () => {
    const child = spawnBun(join(import.meta.dirname, 'openLateOnBun.ts'))
    onTestFinished(() => void child.kill('SIGKILL'))
    const [port] = (await once(child, 'message')) as [number]
    const { rest } = readEvents(await fetch(`http://localhost:${port}`, { signal: server.signal }))
    expect(await rest()).toEqual(['data: {"fetched":true}', COMPLETE])
  })
})

describe('the methods of the context', () => {
  it.each<[string, (sse: SSESession) => unknown, string]>([
    ['send a raw line of data', (sse) => sse.send({ data: 'raw' }), 'data: raw'],
    ['send JSON', (sse) => sse.json({ a: [1] }), 'data: {"a":[1]}'],
    ['send a named event with JSON', (sse) => sse.event('update', { a: 1 }), 'event: update\ndata: {"a":1}'],
    ['send a comment', (sse) => sse.comment('still here'), ': still here'],
    ['set the id', (sse) => sse.id('42'), 'id: 42'],
    ['say how long to wait before a reconnection', (sse) => sse.retry(5000), 'retry: 5000'],
  ])('%s', async (_title, use, frame) => {
    expect(
      await framesOf(async (sse) => {
        await use(sse)
        sse.close()
      }),
    ).toEqual([frame, COMPLETE])
  })

  it('close with a comment', async () => {
    expect(await framesOf((sse) => sse.close('done'))).toEqual([': done', COMPLETE])
  })

  it('send an error event with a code and details, and close', async () => {
    const frames = await framesOf((sse) => sse.error('error', 'Stream failed', 500, { model: 'large' }))
    expect(frames).toEqual([
      'event: error\ndata: {"message":"Stream failed","code":500,"details":{"model":"large"}}',
      COMPLETE,
    ])
  })

  it('return false once the connection is closed, and `send` rejects', async () => {
    const results: unknown[] = []
    await framesOf(async (sse) => {
      sse.close()
      results.push(sse.json(1), sse.event('a', 1), sse.comment('a'), sse.id('1'), sse.retry(1), sse.error('a', 'b'))
      await expect(sse.send({ data: 'late' })).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
      sse.close()
    })
    expect(results).toEqual([false, false, false, false, false, false])
  })

  it('return false once the client has left', async () => {
    const { promise: session, resolve } = Promise.withResolvers<SSESession>()
    const url = await server.serve((req, res) => resolve(openSSE(req, res)))
    const { cancel } = await server.follow(url)
    await cancel()
    await (
      await session
    ).closed
    expect((await session).json('late')).toBe(false)
  })
})

describe('the options', () => {
  it('close the connection after a timeout', () =>
    withFakeTimeouts(async () => {
      const onClose = vi.fn<() => void>()
      const url = await server.serve((req, res) => openSSE(req, res, { timeout: 30_000 }).onClose(onClose))
      const { rest } = await server.follow(url)
      vi.advanceTimersByTime(29_999)
      expect(onClose).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect((await rest()).at(-1)).toBe('event: sse.bye\ndata: {"reason":"timeout"}')
      expect(onClose).toHaveBeenCalledOnce()
    }))

  it('set headers', async () => {
    const headers = { 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'yes', 'X-Stream': 'a' }
    const url = await server.serve((req, res) => openSSE(req, res, { headers }).close())
    const { response } = await server.follow(url)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('x-accel-buffering')).toBe('yes')
    expect(response.headers.get('x-stream')).toBe('a')
  })
})

describe('AI streaming', () => {
  async function chat(llm: (prompt: string) => AsyncIterable<{ text: string }>): Promise<unknown[]> {
    const url = await server.serve(async (req, res) => {
      const sse = openSSE(req, res)
      const { prompt } = (await json(req)) as { prompt: string }
      try {
        for await (const chunk of llm(prompt)) sse.json({ delta: chunk.text })
        sse.event('done', { finish_reason: 'stop' })
        sse.close()
      } catch {
        sse.error('error', 'Stream failed', 500)
      }
    })
    const log: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<string>()
    createEventStream(url, {
      body: { prompt: 'Hello' },
      signal: server.signal,
      onMessage: (data) => log.push(['message', data]),
      on: { done: (data) => log.push(['done', data]), error: (data) => log.push(['error', data]) },
      onClose: resolve,
    })
    log.push(['closed', await promise])
    return log
  }

  it('answers a POST chunk by chunk, and says why it finished', async () => {
    const log = await chat(async function* (prompt) {
      yield { text: prompt }
      yield { text: ' yourself' }
    })
    expect(log).toEqual([
      ['message', { delta: 'Hello' }],
      ['message', { delta: ' yourself' }],
      ['done', { finish_reason: 'stop' }],
      ['closed', 'complete'],
    ])
  })

  it('sends an error event when the model fails', async () => {
    const log = await chat(async function* () {
      yield { text: 'Hel' }
      throw new Error('overloaded')
    })
    expect(log).toEqual([
      ['message', { delta: 'Hel' }],
      ['error', { message: 'Stream failed', code: 500 }],
      ['closed', 'complete'],
    ])
  })
})
