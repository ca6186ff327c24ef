/** What a reader makes of a finished stream, comments and reconnection times included. */
export interface ParsedStream {
  events: { type: string; data: string; lastEventId: string }[]
  lastEventId: string
  retries: number[]
  comments: string[]
}

/**
 * Parses a whole event stream for the tests: the words of the HTML Standard, section 9.2.6, one by one and slowly, so that
 * the formatter is held to them and not to a parser that shares its assumptions.
 */
export function parseStrictly(stream: string | Uint8Array<ArrayBuffer>): ParsedStream {
  const bytes = typeof stream === 'string' ? new TextEncoder().encode(stream) : stream
  // Strips one byte order mark, as "UTF-8 decode" does.
  const text = new TextDecoder('utf-8').decode(bytes)
  const parsed: ParsedStream = { events: [], lastEventId: '', retries: [], comments: [] }
  let data = ''
  let type = ''
  let lastEventId = ''
  for (const line of splitLines(text)) {
    if (line === '') {
      parsed.lastEventId = lastEventId
      if (data !== '') parsed.events.push({ type: type || 'message', data: data.slice(0, -1), lastEventId })
      data = ''
      type = ''
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (colon === 0) parsed.comments.push(value)
    else if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) lastEventId = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) parsed.retries.push(Number(value))
  }
  return parsed
}

/** Splits at CRLF, LF and CR. A last line without an end is no line. */
function splitLines(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index]
    if (char !== '\r' && char !== '\n') {
      line += char
      continue
    }
    if (char === '\r' && text[index + 1] === '\n') index++
    lines.push(line)
    line = ''
  }
  return lines
}
