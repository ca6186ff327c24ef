/** What a parser finds. */
export interface EventParserCallbacks {
  /** An event. `id` is its own; undefined where its block has none. */
  onEvent: (event: { event: string; text: string; id: string | undefined }) => void
  /** The last event ID, whenever a block has said one, with an event or without. */
  onId?: ((id: string) => void) | undefined
  onRetry?: ((delay: number) => void) | undefined
  onComment?: ((text: string) => void) | undefined
}

/** Takes an event stream, however it is cut into pieces. */
export interface EventParser {
  feed: (text: string) => void
  /** How much is held of a block that is not complete, in characters. */
  readonly held: number
}

/**
 * Creates a parser for tests: the words of the HTML Standard, section 9.2.6, one by one and slowly, so that what is written is
 * held to them and not to a parser that shares its assumptions. A byte order mark is the decoder's to strip.
 */
export function createEventParser({ onEvent, onId, onRetry, onComment }: EventParserCallbacks): EventParser {
  let line = ''
  let isAfterCR = false
  let data = ''
  let type = ''
  let id: string | undefined

  function endBlock(): void {
    if (id !== undefined) onId?.(id)
    // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return."
    if (data !== '') onEvent({ event: type || 'message', text: data.slice(0, -1), id })
    data = ''
    type = ''
    id = undefined
  }

  function endLine(): void {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (line === '') endBlock()
    else if (colon === 0) onComment?.(value)
    else if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) onRetry?.(Number(value))
    line = ''
  }

  return {
    feed(text) {
      // In UTF-16 units: none of the three is a part of another character.
      for (let index = 0; index < text.length; index++) {
        const char = text.charAt(index)
        // The second half of one end.
        const isSecond = isAfterCR && char === '\n'
        isAfterCR = char === '\r'
        if (isSecond) continue
        if (char === '\r' || char === '\n') endLine()
        else line += char
      }
    },
    get held() {
      return line.length + data.length
    },
  }
}
