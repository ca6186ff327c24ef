import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** A request of node's http, https or http2 servers, or of a framework on them. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** A response of node's http, https or http2 servers, or of a framework on them. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** The error code of HTTP/2, RFC 9113, section 7. A node built without TLS has no `node:http2` to import it from. */
const INTERNAL_ERROR = 2

/** Whether a response takes no more, since it has ended or its reader has left. */
export function isOver(response: NodeResponse): boolean {
  // HTTP/2's compatibility layer leaves `destroyed` to its stream.
  const { destroyed } = 'stream' in response ? response.stream : response
  return response.writableEnded || destroyed
}

/** Cuts a response off, so that no reader takes it for complete. */
export function cutOff(response: NodeResponse): void {
  // Over HTTP/2, `destroy` would reset the stream with NO_ERROR, which a reader may take for its end.
  if ('stream' in response) response.stream.close(INTERNAL_ERROR)
  else response.destroy()
}

/** Writes to a response. Returns false where it is full until it drains. */
export function writeTo(response: ServerResponse, chunk: string | Uint8Array): boolean {
  // A `write` that middleware has replaced may return nothing, and then never drains.
  const result: unknown = response.write(chunk)
  return result !== false
}
