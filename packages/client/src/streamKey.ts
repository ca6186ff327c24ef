import { methodOf } from './request.ts'
import type { Purpose } from './sameRequest.ts'
import { isWanted } from './stream.ts'

/** What each follower says for itself, beside its callbacks. */
const OF_EACH = ['client', 'enabled', 'linger', 'suspense', 'throwOnError']

/** What may say who asks. */
const OF_WHO_ASKS = ['headers', 'credentials', 'fetch', 'transport', 'resolveURL']

/** How many streams may be waited for that differ in nothing but functions, before one of them was asked for again. */
const MAX_UNSTABLE = 10
const MAX_WATCHED = 100

const references = new WeakMap<object, number>()
let lastReference = 0

/** How often each key was asked for, by what it is where functions count by their text. */
const asked = new Map<string, Map<string, number>>()

/**
 * What a stream is shared by: its URL and all of its options but the callbacks. What is no data, such as a function, counts by
 * reference. Undefined where a stream is its owner's alone: what is not a GET is one request for each who asks.
 *
 * Of a component that is made anew until there is an event, inline headers are new in each rendering: they count by what they
 * say.
 */
export function keyOf({ url, options }: Purpose, isByText = false): string | undefined {
  if (!isWanted(url, options) || methodOf(options) !== 'GET') return undefined
  const given = Object.entries(options).filter(
    ([name, value]) =>
      value !== undefined && !OF_EACH.includes(name) && (name === 'onUnauthorized' || !/^on([A-Z]|$)/.test(name)),
  )
  given.sort(([a], [b]) => (a < b ? -1 : 1))
  return write([String(url), given], isByText, options)
}

/** Whether the same asks, as far as that can be told. What is the same object needs no writing, in each rendering. */
export function isSameAsker({ options: a }: Purpose, { options: b }: Purpose): boolean {
  return OF_WHO_ASKS.every((name) => {
    const [one, other] = [a, b].map((options) => (options as Record<string, unknown>)[name])
    return Object.is(one, other) || write([one], false, a) === write([other], false, b)
  })
}

/** Writes what can be compared as text; undefined where data cannot be written. Functions count by reference, or by their text. */
export function write(what: unknown, isByText = false, options: Purpose['options'] = {}): string | undefined {
  try {
    return JSON.stringify(what, function (this: Record<string, unknown>, name) {
      // Not what its `toJSON` makes of it.
      let value = this[name]
      // Each application has one.
      if (value === options.onUnauthorized && typeof value === 'function') return 'onUnauthorized'
      const isSaid = options.suspense && value === options.headers && typeof value === 'function' && !isByText
      if (isSaid) value = sayOf(value)
      if (value instanceof Headers) return [...value]
      if (typeof value === 'function' && isByText) return String(value)
      if (typeof value === 'number' && !Number.isFinite(value)) return `\0${value}`
      const isReference =
        typeof value === 'function' || (typeof value === 'object' && value !== null && !isPlain(value))
      return isReference ? (isByText ? '\0' : referenceOf(value as object)) : value
    })
  } catch {
    // Data that cannot be written cannot be compared.
    return undefined
  }
}

/**
 * Looks whether what is waited for can be found again, by the key that it has, and by the one that it has where functions count
 * by their text. Throws a `TypeError` where one rendering after the other brings other functions, each of which would be
 * another connection.
 */
export function checkStable(subject: string, key: string, text = ''): void {
  const keys = asked.get(text) ?? new Map<string, number>()
  const times = (keys.get(key) ?? 0) + 1
  asked.delete(text)
  asked.set(text, keys)
  keys.delete(key)
  keys.set(key, times)
  for (const bounded of [asked, keys]) {
    const [oldest] = bounded.keys()
    if (oldest !== undefined && bounded.size > MAX_WATCHED) bounded.delete(oldest)
  }
  // What is asked for again can be found again, whatever others do.
  if (times > 1 || [...keys.values()].filter((count) => count === 1).length <= MAX_UNSTABLE) return
  throw new TypeError(
    `Expected the functions and objects among the options of ${subject} to be the same in each rendering, as with \`suspense\` ` +
      'each new one is another connection, got new ones: keep `reduce`, `parse`, `until`, `fetch`, `transport` and the like ' +
      'outside of the component, and let `headers` be an object or return one.',
  )
}

/** What headers are now; the function, where they have to be waited for. */
function sayOf(headers: unknown): unknown {
  const said: unknown = (headers as () => unknown)()
  if (!(said instanceof Promise)) return said
  said.catch(() => {})
  return headers
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

function referenceOf(value: object): string {
  let reference = references.get(value)
  if (!reference) references.set(value, (reference = ++lastReference))
  // No text of a user's is so written.
  return `\0${reference}`
}
