/** The header by which a request that changes something says which client it comes from. PROTOCOL.md, section 11.2. */
export const ORIGIN_HEADER = 'Tidewire-Origin'

/** Tells whether a text may be the origin of a client. It is a stranger's word. PROTOCOL.md, section 6.5. */
export function isOrigin(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text)
}
