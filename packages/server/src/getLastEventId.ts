import { decodeLastEventId, encodeLastEventId, LAST_EVENT_ID, LAST_EVENT_ID_PARAM } from '@tidewire/protocol'
import type { SSERequest } from './sseRequest.ts'

/**
 * Reads the position that a reader wants to resume from: the `Last-Event-ID` header, else the query's `lastEventId`.
 *
 * Takes a `Request` or node's `IncomingMessage`. Returns `''` where there is none, or none to believe: it is a stranger's
 * input, so it is bounded and holds no control character. HTML Standard, section 9.2.4.
 */
export function getLastEventId(request: SSERequest): string {
  return decodeLastEventId(readHeader(request, LAST_EVENT_ID)) || readQuery(request.url ?? '')
}

/** Reads a header of a `Request` or of node's `IncomingMessage`. */
export function readHeader({ headers }: SSERequest, name: string): string | null {
  if (typeof headers.get === 'function') return headers.get(name)
  const value = (headers as Record<string, unknown>)[name.toLowerCase()]
  return typeof value === 'string' ? value : null
}

function readQuery(url: string): string {
  // Node's url is the bare request target, which `URL` refuses in forms that a stranger can send.
  const [target = ''] = url.split('#', 1)
  const start = target.indexOf('?')
  const id = new URLSearchParams(start < 0 ? '' : target.slice(start)).get(LAST_EVENT_ID_PARAM) ?? ''
  // Decoded already; but what no header could carry is not believed here either.
  return decodeLastEventId(encodeLastEventId(id))
}
