/** The longest last event ID that either end sends or believes, in UTF-8 bytes. It is a stranger's input. */
export const MAX_LAST_EVENT_ID = 1024

// A header value loses white space at its ends, and a position must arrive whole or not at all. It is tested as text:
// among its bytes in UTF-8, those from 80 to 9F are parts of other characters.
const UNFIT = /[\0-\x1f\x7f-\x9f]|^ | $/

/**
 * Encodes an id as a header value: its UTF-8 bytes, one character each, which is what a browser sends. `fetch` throws
 * for any character above U+00FF, so the id cannot go as it is.
 *
 * Returns '' where no header can carry the id: it is too long, begins or ends with a space, or holds a control character.
 * Throws a `URIError` for a lone surrogate, which no stream can bring.
 */
export function encodeLastEventId(id: string): string {
  // `unescape` (ECMAScript, annex B.2.1.2) turns each %XX into one character.
  const bytes = unescape(encodeURIComponent(id))
  return bytes.length > MAX_LAST_EVENT_ID || UNFIT.test(id) ? '' : bytes
}

/**
 * Decodes a header value that holds UTF-8 bytes as characters, as servers receive it.
 *
 * Returns '' (no position) where the value is missing, too long, not UTF-8, or holds a control character.
 */
export function decodeLastEventId(value: string | null | undefined): string {
  if (!value || value.length > MAX_LAST_EVENT_ID) return ''
  try {
    const id = decodeURIComponent(escape(value))
    return UNFIT.test(id) ? '' : id
  } catch {
    return ''
  }
}
