import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Writable } from 'node:stream'
import { describeValue } from '../describeValue.ts'

/** A request of node's http, https or http2 servers, or of a framework on them. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** A response of node's http, https or http2 servers, or of a framework on them. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** Refuses what is no request and response of node, by shape: a framework may wrap its own. */
export function expectExchange(req: unknown, res: unknown): void {
  const { headers } = Object(req) as { headers?: unknown }
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError(`Expected \`req\` to be a request of node, got ${describeValue(req)}.`)
  }
  const { flushHeaders, write } = Object(res) as { flushHeaders?: unknown; write?: unknown }
  if (typeof flushHeaders !== 'function' || typeof write !== 'function') {
    throw new TypeError(`Expected \`res\` to be a response of node, got ${describeValue(res)}.`)
  }
}

/** The error code of HTTP/2, RFC 9113, section 7. A node built without TLS has no `node:http2` to import it from. */
const INTERNAL_ERROR = 2

/** Whether a response takes no more, since it has ended or its reader has left. */
export function isOver(response: NodeResponse): boolean {
  return response.writableEnded || isDestroyed(response)
}

/** Resolves when a response is over: its end has left, or its reader has. */
export function whenClosed(response: NodeResponse): Promise<void> {
  return isDestroyed(response) ? Promise.resolve() : new Promise((resolve) => response.once('close', resolve))
}

/** Cuts a response off, so that no reader takes it for complete. */
export function cutOff(response: NodeResponse): void {
  // Over HTTP/2, `destroy` would reset the stream with NO_ERROR, which a reader may take for its end.
  if (isHTTP2(response)) response.stream.close(INTERNAL_ERROR)
  else response.destroy()
}

/** Writes to a response, or to what leads to it. Returns false where it is full until it drains. */
export function writeTo(body: Writable, chunk: string | Uint8Array): boolean {
  // A `write` that middleware has replaced may return nothing, and then never drains.
  const result: unknown = body.write(chunk)
  return result !== false
}

// HTTP/2's compatibility layer leaves `destroyed` to its stream.
function isDestroyed(response: NodeResponse): boolean {
  return isHTTP2(response) ? response.stream.destroyed : response.destroyed
}

// Not by `stream` alone, which middleware may have set on any response.
function isHTTP2(response: NodeResponse): response is Http2ServerResponse {
  return (
    'stream' in response && typeof (response.stream as Partial<Http2ServerResponse['stream']>)?.close === 'function'
  )
}
