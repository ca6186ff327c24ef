/** A name that nobody else has. PROTOCOL.md, 6.5. */
export function createOrigin(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(36).padStart(2, '0')).join('')
}
