import { EVENT_STREAM } from '@tidewire/protocol'
import { createEventParser } from './eventParser.ts'

/** An event as it was read. */
export interface ReadEvent {
  /** Its name; `message` where it has none. */
  readonly event: string
  /** Its payload: JSON if it parses, else the text. */
  readonly data: unknown
  /** Its own id; undefined where it has none. */
  readonly id: string | undefined
  /** Its payload as it came. */
  readonly text: string
}

/** Options of `readEvents`. */
export interface ReadEventsOptions {
  /** How many events are read before the response is left. @default Infinity */
  limit?: number | undefined
  /** Leaves the response; whoever waits for an event is told by the signal's reason. */
  signal?: AbortSignal | undefined
  /** The most that is held of an event that is not complete, in characters; more is an error. @default 16_777_216 */
  maxEventSize?: number | undefined
  /** Called with every comment, such as a heartbeat. */
  onComment?: ((text: string) => void) | undefined
  /** Called with every `retry:`, in milliseconds. */
  onRetry?: ((delay: number) => void) | undefined
}

/** Reads the events of one response. Nothing is read before it is asked for. */
export interface EventReader extends AsyncIterableIterator<ReadEvent, undefined> {
  /** The last event ID of what was read; '' for none. */
  readonly lastEventId: string
  /** Resolves with the next `count` events, or with fewer where the stream ends before. */
  take: (count: number) => Promise<ReadEvent[]>
  /** Resolves with all events that are left, when the stream has ended or the limit is reached. */
  rest: () => Promise<ReadEvent[]>
  /** Leaves the response, as a reader that goes away. Idempotent. */
  close: () => Promise<void>
}

/**
 * Reads an event stream to the letter of the HTML Standard, for tests of a server. The end of a loop leaves the response, as do
 * `limit` and `signal`. Throws an `Error` for a response that is no event stream.
 *
 * @example
 * const response = await hub.fetch(new Request('http://localhost/_sse?channel=news'))
 * for await (const { event, data } of readEvents(response, { limit: 2 })) console.log(event, data)
 */
export function readEvents(response: Response, options: ReadEventsOptions = {}): EventReader {
  const { limit = Infinity, signal, maxEventSize = 2 ** 24, onComment, onRetry } = options
  if (!(limit >= 1)) throw new TypeError(`Expected \`limit\` to be at least 1, got ${limit}.`)
  const body = bodyOf(response).getReader()
  const decoder = new TextDecoder()
  const waiting: ReadEvent[] = []
  let left = limit
  let lastEventId = ''
  let isOver = false
  const parser = createEventParser({
    onEvent: (event) => waiting.push({ ...event, data: parse(event.text) }),
    onId(id) {
      lastEventId = id
    },
    onRetry,
    onComment,
  })

  const abort = () => void close()
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  // However it has ended.
  void body.closed.catch(() => {}).then(() => signal?.removeEventListener('abort', abort))

  async function close(): Promise<void> {
    isOver = true
    waiting.length = 0
    await body.cancel(signal?.reason).catch(() => {})
  }

  async function next(): Promise<IteratorResult<ReadEvent, undefined>> {
    while (waiting.length === 0 && !isOver) {
      const chunk = await body.read()
      signal?.throwIfAborted()
      if (chunk.done) isOver = true
      else parser.feed(decoder.decode(chunk.value, { stream: true }))
      if (parser.held > maxEventSize) {
        await close()
        throw new Error(`Expected an event of at most ${maxEventSize} characters.`)
      }
    }
    signal?.throwIfAborted()
    const value = waiting.shift()
    if (!value) return { done: true, value: undefined }
    left--
    if (left <= 0) await close()
    return { done: false, value }
  }

  async function take(count: number): Promise<ReadEvent[]> {
    const events: ReadEvent[] = []
    while (events.length < count) {
      const { value } = await next()
      if (!value) break
      events.push(value)
    }
    return events
  }

  return {
    get lastEventId() {
      return lastEventId
    },
    next,
    take,
    rest: () => take(Infinity),
    close,
    async return() {
      await close()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function bodyOf({ status, headers, body }: Response): ReadableStream<Uint8Array> {
  const type = headers.get('Content-Type')
  if (status === 200 && body && type?.split(';')[0]?.trim().toLowerCase() === EVENT_STREAM) return body
  throw new Error(`Expected an event stream, got ${status} ${type ?? 'without a type'}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
