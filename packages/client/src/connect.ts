import { SSEError, type SSEErrorCode } from '@tidewire/protocol'
import { createParser } from 'eventsource-parser'
import type { EventStreamOptions, RequestOptions } from './options.ts'
import { requestInit } from './request.ts'
import { discard, eventStreamBody } from './response.ts'

/** One block of a stream: an event (it has `data`), a new position (it has `id`), or both. */
export interface Entry {
  readonly id?: string | undefined
  readonly event?: string | undefined
  readonly data?: string
}

/** Whom an attempt tells. */
export interface ConnectCallbacks {
  /** Called once the response has turned out to be an event stream. */
  onOpen: () => void
  /** Called with all that a chunk completed. An abort in the middle of it is the callee's to notice. */
  onEntries: (entries: Entry[]) => void
  /** Called with the server's `retry:`, in milliseconds. */
  onRetry: (delay: number) => void
}

/**
 * Connects once and reads to the end. Resolves when the server ends the stream or the signal is aborted; rejects with
 * an `SSEError` for everything else.
 */
export async function connect(
  url: string | URL,
  options: EventStreamOptions,
  lastEventId: string,
  signal: AbortSignal,
  callbacks: ConnectCallbacks,
): Promise<void> {
  try {
    const response = await request(url, options, lastEventId, signal)
    // A `fetch` of the user's may not know the signal.
    if (signal.aborted) discard(response.body)
    else await read(eventStreamBody(response), options, signal, callbacks)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const failWith =
  (code: SSEErrorCode, message: string) =>
  (cause: unknown): never => {
    throw new SSEError(code, message, { cause })
  }

const lostConnection = failWith('network', 'The connection failed.')

async function request(
  url: string | URL,
  options: RequestOptions,
  lastEventId: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers = await headersOf(options).catch(failWith('headers', 'The `headers` function failed.'))
  signal.throwIfAborted()
  // `fetch` would report a request that can never be sent as it reports a lost connection.
  const send = await prepare().catch(failWith('invalid-request', 'The request cannot be sent.'))
  return send().catch(lostConnection)

  async function prepare(): Promise<() => Promise<Response>> {
    const init = requestInit(options, headers, lastEventId, signal)
    if (options.fetch) return async () => options.fetch!(url, init)
    const target = new Request(url, init)
    return () => fetch(target)
  }
}

async function headersOf({ headers }: RequestOptions): Promise<HeadersInit | undefined> {
  return typeof headers === 'function' ? headers() : headers
}

async function read(
  body: ReadableStream<Uint8Array>,
  { maxEventSize = 2 ** 24 }: EventStreamOptions,
  signal: AbortSignal,
  { onOpen, onEntries, onRetry }: ConnectCallbacks,
): Promise<void> {
  let entries: Entry[] = []
  // The parser strips the one byte order mark that a stream may begin with.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createParser({
    maxBufferSize: maxEventSize,
    // Ids are followed here and not by `event.id`: a block may hold an id and nothing else.
    onId: (id) => entries.push({ id }),
    onEvent(event) {
      // Its own id was announced just before.
      if (event.id !== undefined) entries.pop()
      entries.push(event)
    },
    onRetry,
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') {
        throw new SSEError('too-large', `Expected events of at most ${maxEventSize} characters.`)
      }
    },
  })
  const reader = body.getReader()
  const cancel = () => discard(reader)
  signal.addEventListener('abort', cancel)
  try {
    onOpen()
    while (!signal.aborted) {
      const { done, value } = await reader.read().catch(lostConnection)
      if (done) return
      try {
        parser.feed(decoder.decode(value, { stream: true }))
      } finally {
        // Not from the parser's callbacks, where a throw would lose the rest of the chunk.
        onEntries(entries)
        entries = []
      }
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
