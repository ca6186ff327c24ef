import type { IncomingMessage } from 'node:http'
import { createSSEHub, eventTypes, type SSEHub } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import { expect, onTestFinished, vi } from 'vitest'
import { streamGreetings } from './greetings.ts'
import { type Proxy, startProxy } from './startProxy.ts'
import { startServer } from './startServer.ts'

interface OrderEvents {
  changed: { n: number }
  delivered: { n: number }
}

const channels = {
  'orders/:id': eventTypes<OrderEvents>(),
  news: eventTypes<{ message: string }>(),
  secret: eventTypes<{ message: string }>(),
}

/** A Tidewire server, behind a way that can be lost. */
export interface Tidewire extends Proxy {
  readonly hub: SSEHub<typeof channels>
  /** The requests for a path, oldest first. */
  requests: (path: string) => IncomingMessage[]
  /** Changes the order 42 so many times. */
  change: (times: number) => Promise<void>
  /** Waits until so many readers follow the order 42. */
  followed: (count?: number) => Promise<void>
}

/** What a reader of the order 42 has to get for `change`. */
export function changes(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `changed: {"n":${from + index}}`)
}

/** Serves the greetings at `/greetings`, a hub at `/_sse` and an empty page anywhere else, until the test is over. */
export async function startTidewire(): Promise<Tidewire> {
  // Quick, so that every reader meets them.
  const hub = createSSEHub({ channels, heartbeat: 25 })
  hub.channel('orders/:id', { history: { maxEvents: 100 }, terminal: ['delivered'] })
  hub.channel('news', { retain: 'last' })
  hub.channel('secret', () => false)
  const answer = toNodeHandler(hub)
  const { port, requests } = await startServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost')
    if (pathname === '/greetings') return void pipeSSE(streamGreetings(searchParams.get('last') ?? undefined), req, res)
    if (pathname === '/_sse') return void answer(req, res)
    res.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:,">')
  })
  const proxy = await startProxy(port)
  onTestFinished(async () => {
    await vi.waitFor(() => expect(hub.connectionCount, 'readers left').toBe(0), { timeout: 5000 })
    await hub.close()
  })
  let n = 0
  return {
    ...proxy,
    hub,
    requests: (path) => requests.filter(({ url }) => url === path),
    async change(times) {
      for (const end = n + times; n < end;) await hub.to('orders/42').send('changed', { n: ++n })
    },
    followed: (count = 1) =>
      vi.waitFor(() => expect(hub.subscriberCount('orders/42')).toBe(count), { timeout: 10_000, interval: 5 }),
  }
}
