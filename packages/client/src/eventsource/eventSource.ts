import { encodeLastEventId, LAST_EVENT_ID_PARAM, SSEError } from '@tidewire/protocol'
import type { Attempt, Transport } from '../connect.ts'
import { methodOf } from '../request.ts'
import { RESERVED } from './reserved.ts'
import { readSource } from './readSource.ts'

/** Options of {@link eventSource}. */
export interface EventSourceOptions {
  /** The names of the events beside `message`: an `EventSource` hands out only those that it is asked for. @default none */
  events?: readonly string[] | undefined
}

/**
 * Makes a transport that connects by the platform's own `EventSource`: where `fetch` does not stream, or to see the events
 * in the browser's tools. It sends GET, without headers of your own; the position goes in the query, as `lastEventId`.
 * `retry` decides when it comes back, and not the `EventSource`.
 *
 * @example
 * const stream = createEventStream('/api/ticks', { transport: eventSource({ events: ['tick'] }) })
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventSource({ events = [] }: EventSourceOptions = {}): Transport {
  const names = new Set(['message', ...RESERVED, ...events])
  return (attempt) =>
    readSource(attempt, names, async () => {
      refuseUnfit(attempt)
      return withPosition(await resolve(attempt), attempt.lastEventId)
    })
}

async function resolve({ url, options: { resolveURL } }: Attempt): Promise<string | URL> {
  try {
    return resolveURL ? await resolveURL(String(url)) : url
  } catch (cause) {
    throw new SSEError('headers', '`resolveURL` failed.', { cause })
  }
}

function refuseUnfit({ options }: Attempt): void {
  const given = (['headers', 'body'] as const).find((name) => options[name] != null)
  const omits = options.credentials === 'omit' ? 'credentials' : undefined
  const field = given ?? (methodOf(options) === 'GET' ? omits : 'method')
  if (field) throw new SSEError('invalid-request', `An EventSource cannot do as \`${field}\` says.`, { field })
  if (!globalThis.EventSource) throw new SSEError('invalid-request', 'This platform has no EventSource.')
}

// It sends the header only where it comes back by itself.
function withPosition(url: string | URL, lastEventId: string): URL {
  const resolved = new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href)
  if (encodeLastEventId(lastEventId)) resolved.searchParams.set(LAST_EVENT_ID_PARAM, lastEventId)
  return resolved
}
