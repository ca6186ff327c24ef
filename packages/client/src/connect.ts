import { SSEError, type SSEErrorCode } from '@tidewire/protocol'
import { createParser } from 'eventsource-parser'
import type { EventStreamOptions } from './options.ts'
import { requestInit } from './request.ts'
import { discard, eventStreamBody } from './response.ts'

/** One thing that a connection brings. */
export interface Entry {
  /** The response has turned out to be an event stream. Always the first entry. */
  readonly open?: true
  /** The server's `retry:`, in milliseconds. */
  readonly retry?: number
  /** A new position, with an event or without. */
  readonly id?: string | undefined
  readonly event?: string | undefined
  /** The payload of an event. */
  readonly data?: string
}

/**
 * Connects once and reads to the end. Calls `receive` with all that a chunk completed; an abort in the middle of it is
 * the callee's to notice, and a throw ends the connection. Resolves with the reason for which it is over, which means
 * nothing after an abort. Never rejects.
 */
export async function connect(
  url: string | URL,
  options: EventStreamOptions,
  lastEventId: string,
  signal: AbortSignal,
  receive: (entries: Entry[]) => void,
): Promise<SSEError> {
  let failure: [SSEErrorCode, string] = ['headers', '`headers` failed.']
  try {
    const { headers, fetch: send } = options
    const given = typeof headers === 'function' ? await headers() : headers
    signal.throwIfAborted()
    failure = ['invalid-request', 'The request cannot be sent.']
    const init = requestInit(options, given, lastEventId, signal)
    // `fetch` would report a request that can never be sent as it reports a lost connection.
    if (!send) void new Request(url, init)
    failure = ['network', 'The connection failed.']
    const response = await (send ?? fetch)(url, init)
    await read(eventStreamBody(response), options, signal, receive)
    return new SSEError('disconnected', 'The server ended the stream.')
  } catch (cause) {
    return cause instanceof SSEError ? cause : new SSEError(...failure, { cause })
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  { maxEventSize = 2 ** 24 }: EventStreamOptions,
  signal: AbortSignal,
  receive: (entries: Entry[]) => void,
): Promise<void> {
  let entries: Entry[] = []
  const refuse = () => {
    throw new SSEError('too-large', `Expected at most ${maxEventSize} characters.`)
  }
  // The parser strips the one byte order mark that a stream may begin with.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createParser({
    maxBufferSize: maxEventSize,
    // Ids are followed here and not by `event.id`: a block may hold an id and nothing else.
    onId: (id) => entries.push({ id }),
    onEvent(event) {
      // Its own id was announced just before.
      if (event.id !== undefined) entries.pop()
      // The parser's bound is for what it holds back; an event may also come whole.
      if (event.data.length > maxEventSize) refuse()
      entries.push(event)
    },
    onRetry: (retry) => entries.push({ retry }),
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') refuse()
    },
  })
  const reader = body.getReader()
  const cancel = () => discard(reader)
  signal.addEventListener('abort', cancel)
  try {
    receive([{ open: true }])
    // A `fetch` of the user's may not know the signal.
    while (!signal.aborted) {
      const { done, value } = await reader.read()
      if (done) return
      try {
        parser.feed(decoder.decode(value, { stream: true }))
      } finally {
        // Not from the parser's callbacks, where a throw would lose the rest of the chunk.
        receive(entries)
        entries = []
      }
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
