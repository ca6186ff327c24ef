import { acceptsEventStream } from './acceptsEventStream.ts'
import { describeValue } from './describeValue.ts'
import { getLastEventId, readHeader } from './getLastEventId.ts'
import { isResponse } from './isResponse.ts'
import type { SSERequest } from './sseRequest.ts'
import type { StreamSettings } from './streamSettings.ts'

/**
 * Asks the options whether a request is to be refused, and with what response. Rejects with what `prepare` threw, unless
 * it is a response, and with a `TypeError` for what is neither leave nor refusal: what guards a stream must not fail open.
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
    if (result === undefined || isResponse(result)) return result
    const expected = 'Expected `prepare` to return or throw a Response, or to return nothing'
    throw new TypeError(`${expected}, got ${describeValue(result)}.`)
  } catch (error) {
    if (isResponse(error)) return error
    throw error
  }
}
