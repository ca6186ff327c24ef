import { type EventReader, readEvents } from './readEvents.ts'

/** Options of a stalled reader. */
export interface StalledReaderOptions {
  /** Request headers. */
  headers?: RequestInit['headers']
  /** Is asked instead of the global `fetch`: `hub.fetch`, say, for a reader without a network. */
  fetch?: ((request: Request) => Response | Promise<Response>) | undefined
}

/** A reader that has opened a stream, and takes nothing of it but what it is told to. */
export interface StalledReader {
  /** What was answered. */
  readonly response: Response
  /** Reads on, for as many events as are asked for: the first one of a hub, say, which is `sse.hello`. */
  readonly events: EventReader
  /** Leaves, as a reader that goes away. Idempotent. */
  close: () => Promise<void>
}

/**
 * Opens a stream, and does not read it: for tests of what a server does about slow readers. What the network holds comes first:
 * a server learns only when the buffers of both sockets are full that nobody reads.
 *
 * @example
 * const reader = await createStalledReader('http://localhost/_sse?channel=news', { fetch: hub.fetch })
 * await reader.events.take(1)
 */
export async function createStalledReader(
  url: string | URL,
  { headers, fetch: send = fetch }: StalledReaderOptions = {},
): Promise<StalledReader> {
  const controller = new AbortController()
  const response = await send(new Request(url, { signal: controller.signal, ...(headers && { headers }) }))
  let events: EventReader | undefined
  return {
    response,
    get events() {
      events ??= readEvents(response)
      return events
    },
    async close() {
      controller.abort()
      await (events ? events.close() : response.body?.cancel().catch(() => {}))
    },
  }
}
