/**
 * Whom an address tells apart: of IPv6 its first 64 bits, as all the others are its subscriber's to choose; of IPv4 in IPv6 the
 * IPv4 address. Any other text stays what it is. RFC 4291, sections 2.5.4 and 2.5.5.2.
 */
export function addressBlock(address: string): string {
  const groups = groupsOf(address)
  if (!groups) return address
  const [a, b, c, d, , mark, high = 0, low = 0] = groups
  const isMapped = mark === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  return `${[a, b, c, d].map((group = 0) => group.toString(16)).join(':')}::/64`
}

/** The eight groups of an IPv6 address, whose zone does not count; undefined for any other text. */
function groupsOf(address: string): number[] | undefined {
  const [text = ''] = address.split('%', 1)
  if (!/^[\da-f:.]+$/i.test(text)) return undefined
  // It writes each address in one way, with `::` for a run of zeros.
  const host = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1)
  if (host === undefined) return undefined
  const [left = [], right = []] = host.split('::').map((part) => part.split(':').filter(Boolean))
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
}
