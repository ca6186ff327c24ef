import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** A request of node's http, https or http2 servers, or of a framework on them. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** A response of node's http, https or http2 servers, or of a framework on them. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** Whether a response takes no more, since it has ended or its reader has left. */
export function isOver(response: NodeResponse): boolean {
  // HTTP/2's compatibility layer leaves `destroyed` to its stream.
  const { destroyed } = 'stream' in response ? response.stream : response
  return response.writableEnded || destroyed
}

/** Writes to a response. Returns false where it is full until it drains. */
export function writeTo(response: ServerResponse, chunk: string | Uint8Array): boolean {
  // A `write` that middleware has replaced may return nothing, and then never drains.
  const result: unknown = response.write(chunk)
  return result !== false
}
