import { isOrigin, ORIGIN_HEADER } from '@tidewire/protocol'
import { readHeader } from './getLastEventId.ts'
import type { SSERequest } from './sseRequest.ts'

/**
 * Reads which client sent a request that changes something: the header `Tidewire-Origin`, which a client's `headers()` gives. With
 * `hub.to(…).except({ origin })` it does not get its own change back.
 *
 * Takes a `Request` or node's `IncomingMessage`. Returns undefined where there is none, or none that could be one: it is a
 * stranger's word, and says nothing of who somebody is.
 */
export function getOrigin(request: SSERequest): string | undefined {
  const origin = readHeader(request, ORIGIN_HEADER)
  return origin !== null && isOrigin(origin) ? origin : undefined
}
