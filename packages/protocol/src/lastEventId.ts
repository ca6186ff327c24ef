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
 * Decodes a header value: UTF-8 bytes as characters, one each, which is what most servers receive.
 *
 * What is not UTF-8 was decoded on its way, as workerd does, and is taken as it is. That trusts nobody further, as the
 * same id could have come in UTF-8; and no honest reader means another by it.
 *
 * Returns '' (no position) where there is no value, or an id that {@link encodeLastEventId} would not send.
 */
export function decodeLastEventId(value: string | null | undefined): string {
  if (!value || value.length > MAX_LAST_EVENT_ID) return ''
  const id = decodeBytes(value).toWellFormed()
  return encodeLastEventId(id) && id
}

function decodeBytes(value: string): string {
  try {
    // `escape` writes a character above U+00FF, which is no byte, as %uXXXX: that is refused.
    return decodeURIComponent(escape(value))
  } catch {
    return value
  }
}
