import { SSEError } from '@tidewire/protocol'
import type { RequestOptions } from '../options.ts'
import { requestInit } from '../request.ts'
import { discard, eventStreamBody } from '../response.ts'

/**
 * Asks again, by `fetch`, why a server has refused an `EventSource`, which tells nobody: whether to come back, and when,
 * stands in the status. Never rejects.
 */
export async function refusalOf(url: URL, options: RequestOptions, signal: AbortSignal): Promise<SSEError> {
  const { fetch: send = fetch } = options
  try {
    discard(eventStreamBody(await send(url, requestInit(options, undefined, '', signal))))
  } catch (error) {
    if (error instanceof SSEError) return error
  }
  return new SSEError('network', 'The server did not answer with an event stream.')
}
