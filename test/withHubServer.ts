import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSSEClient, type SSEClient, type SSEClientOptions } from '@tidewire/client'
import { createSSEHub, eventTypes, type ProgressEvents, type SSEHub } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { afterEach, beforeEach, expect, vi } from 'vitest'

/** What the hub of the tests serves. Nobody may read what is secret. */
export const channels = {
  'orders/:id': { updated: eventTypes<{ title: string }>(), removed: eventTypes<{ id: string }>() },
  'reports/:id': eventTypes<ProgressEvents<{ pages: number }>>(),
  'rooms/:id': eventTypes<{ message: { text: string } }>(),
  'secrets/:id': eventTypes<{ message: string }>(),
}

export type Channels = typeof channels

/** A hub behind a real server, for each test of a file. */
export interface TestHubServer {
  readonly hub: SSEHub<Channels>
  readonly url: string
  /** `GET` or `POST` for each request. */
  readonly requests: readonly string[]
  /** A client of the hub, signed in as somebody where a name is given. */
  client: (user?: string, options?: SSEClientOptions<Channels>) => SSEClient<Channels>
  /** Starts the job of a report. It says what it is told to say, until it ends. */
  report: (id: string) => Report
  /** Cuts every open connection, as a lost network does. */
  cut: () => void
  /** Waits until as many readers follow a channel. */
  followed: (channel: string, count?: number) => Promise<void>
}

/** A job whose task is a test. */
export interface Report {
  update: (percent: number, message?: string) => void
  complete: (pages: number) => void
  fail: (error: Error) => void
}

/** Starts a hub for each test. After the test, and what `leave` does, nothing may be connected. */
export function withHubServer(leave: () => void): TestHubServer {
  let server: Server
  let hub: SSEHub<Channels>
  let requests: string[]
  let start: (params: { id: string }, task: (update: Report['update']) => Promise<{ pages: number }>) => unknown

  beforeEach(async () => {
    requests = []
    const made = createSSEHub({
      channels,
      context: (request) => request.headers.get('authorization') ?? undefined,
      identify: (user) => user,
      onError: () => {},
    })
    made.channel('orders/:id')
    made.channel('rooms/:id', { presence: { leaveAfter: 20 } })
    made.channel('secrets/:id', () => false)
    const job = made.job('reports/:id', (update, _, task: Parameters<typeof start>[1]) => task(update))
    start = (params, task) => job.start(params, task)
    hub = made
    const handle = toNodeHandler(made)
    server = createServer((req, res) => {
      requests.push(req.method ?? '')
      void handle(req, res)
    }).listen(0)
    await once(server, 'listening')
  })

  afterEach(async () => {
    leave()
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0), { timeout: 3000 })
    await hub.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  const urlOf = () => `http://localhost:${(server.address() as AddressInfo).port}/_sse`
  return {
    get url() {
      return urlOf()
    },
    get hub() {
      return hub
    },
    get requests() {
      return requests
    },
    client: (user, options) =>
      createSSEClient({
        url: urlOf(),
        channels,
        linger: 0,
        retry: { delay: 1, maxDelay: 1 },
        ...(user && { headers: { authorization: user } }),
        ...options,
      }),
    report(id) {
      const task = Promise.withResolvers<{ pages: number }>()
      let update: Report['update'] = () => {}
      start({ id }, (report) => {
        update = report
        return task.promise
      })
      return {
        update: (percent, message) => update(percent, message),
        complete: (pages) => task.resolve({ pages }),
        fail: (error) => task.reject(error),
      }
    },
    cut: () => server.closeAllConnections(),
    followed: (channel, count = 1) =>
      vi.waitFor(() => expect(hub.subscriberCount(channel as never)).toBe(count), { timeout: 3000 }),
  }
}
