import { createEventParser } from '../src/testing/eventParser.ts'

/** What a reader makes of a finished stream, comments and reconnection times included. */
export interface ParsedStream {
  events: { type: string; data: string; lastEventId: string }[]
  lastEventId: string
  retries: number[]
  comments: string[]
}

/** Parses a whole event stream by the words of the HTML Standard, for the tests. */
export function parseStrictly(stream: string | Uint8Array<ArrayBuffer>): ParsedStream {
  const bytes = typeof stream === 'string' ? new TextEncoder().encode(stream) : stream
  const parsed: ParsedStream = { events: [], lastEventId: '', retries: [], comments: [] }
  const parser = createEventParser({
    onEvent: ({ event, text }) => parsed.events.push({ type: event, data: text, lastEventId: parsed.lastEventId }),
    onId(id) {
      parsed.lastEventId = id
    },
    onRetry: (delay) => parsed.retries.push(delay),
    onComment: (text) => parsed.comments.push(text),
  })
  // Strips one byte order mark, as "UTF-8 decode" does.
  parser.feed(new TextDecoder('utf-8').decode(bytes))
  return parsed
}
