import { createEventStream, eventTypes } from '@tidewire/client'
import { createProgressStream, createSSEStream, formatSSE, type ProgressEvents, type SSEEvent } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { describe, expect, it, vi } from 'vitest'
import { useFakeIntervals, withFakeTimeouts } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()

/** Follows a progress stream to its end, as its page would. */
async function progressOf(url: string, body?: string): Promise<unknown[]> {
  const log: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<string>()
  createEventStream(url, {
    events: eventTypes<ProgressEvents>(),
    ...(body !== undefined && { body }),
    signal: server.signal,
    on: {
      progress: ({ percent, message }) => log.push([percent, message]),
      complete: (data) => log.push(['complete', data]),
      error: ({ message }) => log.push(['error', message]),
    },
    onClose: resolve,
  })
  log.push(await promise)
  return log
}

describe('progress streams', () => {
  it('report each step of a long operation with a message, and its completion', async () => {
    const url = await server.serve((req, res) =>
      pipeSSE(
        createProgressStream(async (update) => {
          for (let i = 0; i <= 100; i += 10) {
            update(i, `Processing... ${i}%`)
            await null
          }
        }),
        req,
        res,
      ),
    )
    const log = await progressOf(url)
    // Steps that follow each other at once are told as one: the newest.
    expect(log[0]).toEqual([expect.any(Number), expect.stringMatching(/^Processing\.\.\. \d+%$/)])
    expect(log.slice(-3)).toEqual([[100, 'Processing... 100%'], ['complete', {}], 'complete'])
  })

  it('say that the operation failed, and nothing of why', async () => {
    const url = await server.serve((req, res) =>
      pipeSSE(
        createProgressStream(() => Promise.reject(new Error('disk sda1 is full')), {
          onError() {},
          mapError: () => ({ code: 'no-space', message: 'There is no room for it.' }),
        }),
        req,
        res,
      ),
    )
    expect(await progressOf(url)).toEqual([['error', 'There is no room for it.'], 'complete'])
  })
})

describe('custom streams', () => {
  it('send metrics every second from an async generator, until the client disconnects', () =>
    withFakeTimeouts(async () => {
      const left = Promise.withResolvers<void>()
      const ended = Promise.withResolvers<void>()
      let collected = 0
      async function* metrics() {
        try {
          while (true) {
            yield { event: 'metrics', data: { cpu: 0.25, collected: ++collected } }
            await new Promise((resolve) => setTimeout(resolve, 1000))
          }
        } finally {
          ended.resolve()
        }
      }
      const url = await server.serve((req, res) => {
        res.once('close', left.resolve)
        return pipeSSE(createSSEStream(metrics, { heartbeat: false }), req, res)
      })
      const { next, cancel } = await server.follow(url)
      for (const count of [1, 2, 3]) {
        expect(await next()).toBe(`event: metrics\ndata: {"cpu":0.25,"collected":${count}}`)
        await vi.advanceTimersByTimeAsync(1000)
      }
      await cancel()
      await left.promise
      // The pause does not listen to the signal: the generator ends when it is over.
      await vi.advanceTimersByTimeAsync(1000)
      await ended.promise
    }))

  it('are made by hand, event by event, and clean up when they are cancelled', async () => {
    const cleanedUp = Promise.withResolvers<void>()
    const url = await server.serve((req, res) => {
      const encoder = new TextEncoder()
      let interval: NodeJS.Timeout
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(encoder.encode(formatSSE({ event: 'welcome', data: { timestamp: 0 } })))
          interval = setInterval(() => {
            controller.enqueue(encoder.encode(formatSSE({ event: 'update', data: { value: 0.5 } })))
          }, 1000)
        },
        cancel() {
          clearInterval(interval)
          cleanedUp.resolve()
        },
      })
      return pipeSSE(stream, req, res)
    })
    const { response, next, cancel } = await server.follow(url)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await next()).toBe('event: welcome\ndata: {"timestamp":0}')
    vi.advanceTimersByTime(1000)
    expect(await next()).toBe('event: update\ndata: {"value":0.5}')
    await cancel()
    await cleanedUp.promise
  })
})

describe('an upload', () => {
  it('is answered with the progress of its own bytes, and its completion', async () => {
    const url = await server.serve((req, res) =>
      pipeSSE(
        createProgressStream(async (update) => {
          const total = Number(req.headers['content-length'])
          let uploaded = 0
          for await (const chunk of req as AsyncIterable<Buffer>) {
            uploaded += chunk.length
            update(Math.round((uploaded / total) * 100), `Uploaded ${uploaded}/${total} bytes`)
          }
          return { uploaded }
        }),
        req,
        res,
      ),
    )
    const size = 3_000_000
    const log = await progressOf(url, 'x'.repeat(size))
    expect(log.slice(-3)).toEqual([
      [100, `Uploaded ${size}/${size} bytes`],
      ['complete', { result: { uploaded: size } }],
      'complete',
    ])
    const percents = log.slice(0, -2).map((entry) => (entry as [number])[0])
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  })
})

describe('the types', () => {
  it('describe an event without any argument', () => {
    const event: SSEEvent = { event: 'alert', data: { level: 'warning', message: 'High CPU usage', timestamp: 1 } }
    expect(formatSSE(event)).toBe(
      'event: alert\ndata: {"level":"warning","message":"High CPU usage","timestamp":1}\n\n',
    )
  })
})
