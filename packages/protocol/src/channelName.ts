import type { ChannelNameOf, ChannelParams } from './channelTypes.ts'

/** The longest name of a channel, in UTF-8 bytes. It is a stranger's input. */
export const MAX_CHANNEL_NAME = 256

// Segments that are not empty, in which what must be encoded is, in upper case, and nothing else.
const NAME = /^(?!\/)(?:[^%/#\p{Cc}\p{Cs}]|\/(?!\/|$)|%(?:2[35F]|[01][\dA-F]|7F|C2%[89][\dA-F]))+$/u
const UNFIT = /[%/#\p{Cc}]/gu

/**
 * Tells whether a text is the name of a channel, in its only spelling. PROTOCOL.md, section 6.1.
 *
 * A name is compared as it is and never resolved: `é` in one code point and in two are different names, as are `a` and
 * `A`, and `..` is a segment like any other.
 */
export function isChannelName(text: string): boolean {
  return text.length <= MAX_CHANNEL_NAME && NAME.test(text) && countBytes(text) <= MAX_CHANNEL_NAME
}

/** What a parameter of a channel's name may be written from: its text, or a number or bigint, as `String` spells it. */
export type ChannelParamValue = string | number | bigint

/**
 * Writes the name of a channel: its pattern with each parameter in place, where `%`, `/`, `#` and control characters are
 * percent-encoded. What another pattern of the contract names exactly is that channel: `users/me`, say.
 *
 * Throws a `TypeError` for a parameter that is missing, empty or not well-formed, and for a name that is too long.
 *
 * @example
 * channelName('orders/:id', { id: 'a/b' }) // 'orders/a%2Fb'
 */
export function channelName<const P extends string>(
  pattern: P,
  params: { readonly [K in keyof ChannelParams<P>]: ChannelParamValue },
): ChannelNameOf<P> {
  const values = new Map<string, unknown>(Object.entries(params))
  const name = pattern
    .split('/')
    .map((segment) => (segment.startsWith(':') ? encodeParam(segment.slice(1), values) : segment))
    .join('/')
  if (isChannelName(name)) return name as ChannelNameOf<P>
  const expected = `a name of at most ${MAX_CHANNEL_NAME} bytes, without an empty segment and with "%" written as "%25"`
  throw new TypeError(`Expected ${JSON.stringify(pattern)} to give ${expected}, got ${JSON.stringify(shorten(name))}.`)
}

function encodeParam(name: string, values: ReadonlyMap<string, unknown>): string {
  const value = values.get(name)
  const text = Number.isFinite(value) || typeof value === 'bigint' ? String(value) : value
  // `encodeURIComponent` writes exactly these as 6.1 wants them.
  if (typeof text === 'string' && text && text.isWellFormed()) return text.replace(UNFIT, encodeURIComponent)
  const got = typeof value === 'string' ? JSON.stringify(shorten(value)) : String(value)
  throw new TypeError(`Expected the parameter \`${name}\` to be well-formed text that is not empty, got ${got}.`)
}

function countBytes(text: string): number {
  return unescape(encodeURIComponent(text)).length
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
