import { createSSEHub, type SSEHub, type SSEHubOptions } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { onTestFinished } from 'vitest'
import { readWire, type WireReader } from './readWire.ts'
import { serve } from './serve.ts'

type Headers = Record<string, string>

/** A hub behind a server of node's, as it is seen from the wire. */
export interface ServedHub {
  readonly hub: SSEHub
  /** Asks for a stream; whatever is answered. */
  ask: (query: string, headers?: Headers) => Promise<Response>
  /** Asks for a stream, and reads it up to `sse.hello`. */
  follow: (query: string, headers?: Headers) => Promise<WireReader>
  /** Sends a change of a set; text as it is. */
  change: (body: unknown, headers?: Headers) => Promise<Response>
}

/** Serves a hub with these channels, until the test is over. */
export async function serveChannels(
  channels: Record<string, Parameters<SSEHub['channel']>[1]>,
  options: SSEHubOptions = {},
): Promise<ServedHub> {
  const hub = createSSEHub(options)
  for (const [pattern, config] of Object.entries(channels)) hub.channel(pattern, config)
  const url = `${await serve(toNodeHandler(hub))}/_sse`
  onTestFinished(() => hub.close())
  const ask = (query: string, headers: Headers = {}) => fetch(`${url}?${query}`, { headers })
  return {
    hub,
    ask,
    follow: async (query, headers) => readWire(await ask(query, headers)),
    change: (body, headers) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}
