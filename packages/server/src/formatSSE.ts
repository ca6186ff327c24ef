import { encodeLastEventId, MAX_LAST_EVENT_ID, RESERVED_PREFIX, SSEError } from '@tidewire/protocol'
import { encodeJSON } from './encodeJSON.ts'
import { describeValue } from './describeValue.ts'
import type { SSEEvent } from './sseEvent.ts'

const UNSAFE = /[\r\n\0]/
const LINE_END = /\r\n|\r|\n/g
// What ids look like as a rule. Any other is looked at closely, which takes longer.
const PLAIN_ID = /^[!-~]{1,64}$/
const ID = `a finite number or a string without control characters and spaces at its ends, up to ${MAX_LAST_EVENT_ID} bytes`

/**
 * Formats one event as a frame of an event stream, ready to be written.
 *
 * Line ends in `data` and `comment` become lines of their own. A lone surrogate becomes U+FFFD, as UTF-8 demands.
 *
 * @throws {SSEError} `invalid-event`, its `field` naming what cannot be sent: a line break or NUL in `event`, a name that
 * is empty or begins with `sse.`, an `id` that no reader could resume from (with a control character or a space at either
 * end, or longer than 1,024 bytes), a `retry` that is not a non-negative integer, a payload that is not JSON.
 */
export function formatSSE(event: SSEEvent): string {
  const name: unknown = event?.event
  if (typeof name === 'string' && name.startsWith(RESERVED_PREFIX)) {
    throw invalid('event', `a name that does not begin with \`${RESERVED_PREFIX}\`, which is reserved`, name)
  }
  return formatFrame(event)
}

/** Formats a frame without refusing reserved names. */
export function formatFrame(message: SSEEvent): string {
  if (typeof message !== 'object' || message === null) {
    throw new SSEError('invalid-event', `Expected an event such as \`{ data }\`, got ${describeValue(message)}.`)
  }
  const { event, data, id, retry, comment } = message
  let frame = ''
  if (comment !== undefined) {
    if (typeof comment !== 'string') throw invalid('comment', 'a string', comment)
    frame += formatLines('', comment)
  }
  if (event !== undefined) {
    if (typeof event !== 'string' || event === '' || UNSAFE.test(event)) {
      throw invalid('event', 'a non-empty string without CR, LF and NUL', event)
    }
    frame += `event: ${event.toWellFormed()}\n`
  }
  if (id !== undefined) {
    frame += `id: ${formatId(id)}\n`
  }
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0) {
      throw invalid('retry', 'a non-negative integer (milliseconds)', retry)
    }
    frame += `retry: ${retry}\n`
  }
  if (event !== undefined || 'data' in message) {
    // JSON holds no line ends.
    frame += typeof data === 'string' ? formatLines('data', data) : `data: ${encodeJSON(data)}\n`
  } else if (frame === '') {
    throw new SSEError('invalid-event', 'Expected `data`, `id`, `retry` or `comment`, got none of them.')
  }
  return `${frame}\n`
}

function formatId(id: string | number): string {
  if (typeof id === 'string' ? PLAIN_ID.test(id) : Number.isFinite(id)) return String(id)
  const position = typeof id === 'string' && id.toWellFormed()
  // No header carries another, so that its reader would begin again instead of resuming.
  if (position === '' || (position && encodeLastEventId(position))) return position
  throw invalid('id', ID, id)
}

// The space always stands, since a reader takes one away: data may begin with a space of its own.
function formatLines(field: 'data' | '', text: string): string {
  return `${field}: ${text.toWellFormed().replace(LINE_END, `\n${field}: `)}\n`
}

function invalid(field: string, expected: string, value: unknown): SSEError {
  return new SSEError('invalid-event', `Expected \`${field}\` to be ${expected}, got ${describeValue(value)}.`, {
    field,
  })
}
