/** The longest last event ID that either end sends or believes, in UTF-8 bytes. It is a stranger's input. */
export const MAX_LAST_EVENT_ID = 1024

/**
 * Encodes an id as a header value: its UTF-8 bytes, one character each, which is what a browser sends.
 * `fetch` throws for any character above U+00FF, so the id cannot go as it is.
 *
 * Returns undefined where no header can carry the id: it is empty, too long, or holds a control character.
 */
export function encodeLastEventId(id: string): string | undefined {
  // A header value loses white space at its ends, and a position must arrive whole or not at all.
  if (id === '' || id.length > MAX_LAST_EVENT_ID || /[\0-\x1f\x7f]|^ | $/.test(id)) return undefined
  if (!/[^\0-\x7f]/.test(id)) return id
  const encoded = encodeURIComponent(id.toWellFormed()).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return encoded.length > MAX_LAST_EVENT_ID ? undefined : encoded
}

/**
 * Decodes a header value that holds UTF-8 bytes as characters, as servers receive it.
 *
 * Returns '' (no position) where the value is missing, too long, not UTF-8, or holds a control character.
 */
export function decodeLastEventId(value: string | null | undefined): string {
  if (!value || value.length > MAX_LAST_EVENT_ID || /[\0-\x1f\x7f]/.test(value)) return ''
  if (!/[^\0-\x7f]/.test(value)) return value
  try {
    return decodeURIComponent(
      value.replace(/[%\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
    )
  } catch {
    return ''
  }
}
