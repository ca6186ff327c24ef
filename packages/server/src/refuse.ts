import { acceptsEventStream } from './acceptsEventStream.ts'
import { getLastEventId, readHeader } from './getLastEventId.ts'
import type { SSERequest } from './sseRequest.ts'
import type { StreamSettings } from './streamSettings.ts'

/**
 * Asks the options whether a request is to be refused, and with what response. Rejects with what `prepare` threw, unless
 * it is a response.
 */
export async function refuse(
  { accept, prepare }: StreamSettings,
  request: SSERequest | undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Response | undefined> {
  if (accept) {
    if (!request) throw new TypeError('Expected `request` to be given, whose header `accept` checks, got none.')
    if (!acceptsEventStream(readHeader(request, 'Accept'))) {
      return new Response('This is an event stream, of type text/event-stream.\n', {
        status: 406,
        headers: { vary: 'Accept' },
      })
    }
  }
  try {
    const result: unknown = await prepare?.({ request, signal, lastEventId: request ? getLastEventId(request) : '' })
    return isResponse(result) ? result : undefined
  } catch (error) {
    if (isResponse(error)) return error
    throw error
  }
}

// By tag, since a framework may bring a class of its own.
function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]'
}
