import {
  createSSEStream,
  type SSERequest,
  type SSESource,
  type SSEStream,
  type SSEStreamOptions,
} from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { parseStrictly, type ParsedStream } from '../../packages/server/test/strictParser.ts'
import { serve } from './serve.ts'

type Headers = Record<string, string>

/** A stream behind a server of node's, as it is seen from the wire: a new one for each request. */
export interface ServedStream {
  ask: (query?: string, headers?: Headers) => Promise<Response>
  /** Asks, and reads to the end. */
  read: (query?: string, headers?: Headers) => Promise<ParsedStream & { text: string }>
}

/** Serves streams until the test is over. */
export async function serveStreams(makeStream: (request: SSERequest) => SSEStream): Promise<ServedStream> {
  const url = await serve((req, res) => pipeSSE(makeStream(req), req, res))
  const ask = (query = '', headers: Headers = {}) => fetch(`${url}?${query}`, { headers })
  return {
    ask,
    async read(query, headers) {
      const text = await (await ask(query, headers)).text()
      return { ...parseStrictly(text), text }
    },
  }
}

/** Serves what a source produces. Its failures are not printed. */
export function serveSource(source: SSESource, options: SSEStreamOptions = {}): Promise<ServedStream> {
  return serveStreams((request) => createSSEStream(source, { request, onError: () => {}, ...options }))
}
