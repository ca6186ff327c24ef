import { createSSEClient, type SSEClient, type SSEClientOptions, type SSESubscription } from '@tidewire/client'
import { createSSEHub, type SSEHub, type SSEHubOptions } from '@tidewire/server'
import { onTestFinished, vi } from 'vitest'

/** Lets connections be lost and requests be seen. */
export interface Wire {
  readonly fetch: typeof globalThis.fetch
  /** `GET` with its query, or `POST` with its body. */
  readonly requests: string[]
  /** Cuts all connections off, as a network does. */
  cut: () => void
  /** What answers instead of the hub; undefined lets the hub answer. */
  intercept: ((request: Request) => Promise<Response> | Response | undefined) | undefined
}

/** A hub whose channels anybody may read. */
export function useHub<Context = undefined>(
  options: SSEHubOptions<never, Context> = {},
  ...patterns: string[]
): SSEHub {
  const hub = createSSEHub<never, Context>(options) as unknown as SSEHub
  for (const pattern of patterns) hub.channel(pattern)
  onTestFinished(() => hub.close())
  return hub
}

/** The way from a client to a hub, in one process. */
export function useWire(hub: { fetch: (request: Request) => Promise<Response> }): Wire {
  const cuts = new Set<() => void>()
  const wire: Wire = {
    requests: [],
    intercept: undefined,
    cut() {
      for (const cut of [...cuts]) cut()
    },
    async fetch(input, init) {
      const request = new Request(input, init)
      const { search } = new URL(request.url)
      wire.requests.push(request.method === 'GET' ? `GET ${search}` : `POST ${await request.clone().text()}`)
      const response = (await wire.intercept?.(request)) ?? (await hub.fetch(request))
      if (!response.body) return response
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const controller = new AbortController()
      const cut = () => controller.abort(new TypeError('socket hang up'))
      cuts.add(cut)
      void response.body
        .pipeTo(writable, { signal: controller.signal })
        .catch(() => {})
        .finally(() => cuts.delete(cut))
      return new Response(readable, response)
    },
  }
  return wire
}

/** A client of a hub, which is closed with the test. */
export function useClient(wire: Wire, options: SSEClientOptions = {}): SSEClient {
  const client = createSSEClient({
    url: 'http://hub.test/_sse',
    fetch: wire.fetch,
    linger: 0,
    retry: { delay: 1, maxDelay: 1 },
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

/** Writes down what a subscription hears. */
export function record(client: SSEClient, channel: string, options: Parameters<SSEClient['subscribe']>[1] = {}) {
  const log: string[] = []
  const subscription: SSESubscription = client.subscribe(channel, {
    ...options,
    onOpen: () => void log.push('open'),
    onEvent: ({ event, data }) => void log.push(`${event}:${JSON.stringify(data)}`),
    onGap: ({ reason }) => void log.push(`gap:${reason}`),
    onError: ({ code }) => void log.push(`error:${code}`),
    onClose: (reason) => void log.push(`close:${reason}`),
  })
  const until = (entry: string) =>
    vi.waitFor(
      () => {
        if (!log.includes(entry)) throw new Error(`No ${entry} in ${JSON.stringify(log)}.`)
      },
      // A busy machine needs more than a second.
      { timeout: 8000 },
    )
  return { subscription, log, until }
}
