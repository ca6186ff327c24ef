import { SSEError, type SSEErrorCode } from '@tidewire/protocol'
import { createParser } from 'eventsource-parser'
import { MAX_TIMEOUT } from './backoff.ts'
import type { ConnectionOptions, RequestOptions } from './options.ts'
import { requestInit } from './request.ts'
import { discard, eventStreamBody } from './response.ts'

/** By how much a timer is too late where the whole thread was, in milliseconds. */
const HELD_UP = 200

/** One thing that a connection brings. */
export interface Entry {
  /** The server has answered with an event stream; how it is read, such as `fetch`. Always the first entry. */
  readonly open?: string
  /** The server's `retry:`, in milliseconds. */
  readonly retry?: number
  /** A new position, with an event or without. */
  readonly id?: string | undefined
  readonly event?: string | undefined
  /** The payload of an event. */
  readonly data?: string
  /** An event that came and was not taken. */
  readonly error?: SSEError
}

/** One try to connect. */
export interface Attempt {
  readonly url: string | URL
  readonly options: RequestOptions & ConnectionOptions
  /** The position to resume from, as it is now; '' for none. */
  readonly lastEventId: string
  /** Is aborted where the connection is not wanted any more. */
  readonly signal: AbortSignal
  /** After how much silence the connection is lost, in milliseconds. It changes when the server says so. */
  silence: number
  /**
   * Takes all that a chunk completed, at once. An abort in the middle of it is the stream's to notice, and a throw ends the
   * connection.
   */
  readonly receive: (entries: Entry[]) => void
}

/**
 * How a connection is made: connects once and reads to the end. Resolves with the reason for which that is over, which
 * means nothing after an abort. Never rejects.
 */
export type Transport = (attempt: Attempt) => Promise<SSEError>

/** The transport of every stream that has no other: by `fetch`. */
export async function connect(attempt: Attempt): Promise<SSEError> {
  const { options, signal } = attempt
  const { headers, fetch: send, resolveURL, connectTimeout = 30_000 } = options
  const controller = new AbortController()
  const abort = () => controller.abort()
  let failure: [SSEErrorCode, string] = ['headers', '`headers` failed.']
  let since = Date.now()
  let limit = connectTimeout || Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  let lose!: (error: SSEError) => void

  let due = Infinity
  const wait = (time: number) => {
    due = Date.now() + time
    timer = setTimeout(watch, time)
  }

  // One timer looks at the clock now and then: a new one for every chunk would cost more than the chunk.
  function watch(): void {
    clearTimeout(timer)
    const left = since + limit - Date.now()
    if (left > 0) {
      if (limit < Infinity) wait(Math.min(left, MAX_TIMEOUT))
    } else if (Date.now() - due > HELD_UP) {
      // It may be this thread that was held up, while bytes lie ready: they come first.
      wait(0)
    } else {
      lose(new SSEError('timeout', `The server was silent for ${limit} ms.`))
    }
  }

  const request = async (): Promise<SSEError> => {
    const given = typeof headers === 'function' ? await headers() : headers
    controller.signal.throwIfAborted()
    failure = ['headers', '`resolveURL` failed.']
    const url = resolveURL ? await resolveURL(String(attempt.url)) : attempt.url
    controller.signal.throwIfAborted()
    failure = ['invalid-request', 'The request cannot be sent.']
    const init = requestInit(options, given, attempt.lastEventId, controller.signal)
    // `fetch` would report a request that can never be sent as it reports a lost connection.
    if (!send) void new Request(url, init)
    failure = ['network', 'The connection failed.']
    const response = await (send ?? fetch)(url, init)
    await read(eventStreamBody(response), options, controller.signal, (entries) => {
      since = Date.now()
      attempt.receive(entries)
      if (limit === attempt.silence) return
      limit = attempt.silence
      watch()
    })
    return new SSEError('disconnected', 'The server ended the stream.')
  }

  signal.addEventListener('abort', abort)
  try {
    // What is called here may never answer, and may not know the signal.
    return await new Promise<SSEError>((resolve, reject) => {
      lose = resolve
      controller.signal.addEventListener('abort', reject, { once: true })
      watch()
      request().then(resolve, reject)
    })
  } catch (cause) {
    return cause instanceof SSEError ? cause : new SSEError(...failure, { cause })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    abort()
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  { maxEventSize = 2 ** 24, maxBufferSize = 2 ** 24 }: ConnectionOptions,
  signal: AbortSignal,
  receive: (entries: Entry[]) => void,
): Promise<void> {
  let entries: Entry[] = []
  /** The position that a block has set, as long as it may be an event's own. */
  let position: string | undefined
  const settle = () => {
    if (position !== undefined) entries.push({ id: position })
    position = undefined
  }
  const tooLarge = (max: number) => new SSEError('too-large', `Expected at most ${max} characters.`)
  // The parser strips the one byte order mark that a stream may begin with.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createParser({
    maxBufferSize,
    // Ids are followed here and not by `event.id`: a block may hold an id and nothing else.
    onId(id) {
      settle()
      position = id
    },
    onEvent(event) {
      // Its own id was announced just before.
      if (event.id !== undefined) position = undefined
      else settle()
      entries.push(
        event.data.length > maxEventSize ? { id: event.id, event: event.event, error: tooLarge(maxEventSize) } : event,
      )
    },
    onRetry: (retry) => entries.push({ retry }),
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') throw tooLarge(maxBufferSize)
    },
  })
  const reader = body.getReader()
  const cancel = () => discard(reader)
  signal.addEventListener('abort', cancel)
  try {
    // A `fetch` of the user's may not know the signal.
    if (!signal.aborted) receive([{ open: 'fetch' }])
    while (!signal.aborted) {
      const { done, value } = await reader.read()
      if (done) return
      try {
        parser.feed(decoder.decode(value, { stream: true }))
      } finally {
        settle()
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
