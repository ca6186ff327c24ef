import { describeValue } from '../describeValue.ts'
import { expectKnown, type Known } from '../expectKnown.ts'

/** Whom an event leaves out: readers for which all that is given holds. */
export interface SSEExclusion {
  readonly identity?: string | undefined
  readonly origin?: string | undefined
}

/** The same as it is kept; a text is an identity or an origin, whichever it fits. */
export type Exclusion = string | SSEExclusion

const FIELDS: Known<SSEExclusion> = { identity: true, origin: true }

/** Checks what was given to `except`, without what names nobody. Throws a `TypeError` for what makes no sense. */
export function toExclusions(keys: readonly (Exclusion | null | undefined)[]): Exclusion[] {
  return keys.flatMap((key) => {
    if (key === undefined || key === null || typeof key === 'string') return key ?? []
    if (typeof key !== 'object') throw unfit('a text, or `{ identity }` or `{ origin }`', key)
    expectKnown('what `except` is given', key, FIELDS)
    const given = Object.entries(key).filter(([, value]) => (value ?? undefined) !== undefined)
    for (const [, value] of given) if (typeof value !== 'string') throw unfit('a text as identity or origin', value)
    return given.length === 0 ? [] : (Object.fromEntries(given) as SSEExclusion)
  })
}

/** Tells whether a reader is left out. */
export function isLeftOut(except: readonly Exclusion[], { identity, origin }: SSEExclusion): boolean {
  return except.some((key) => {
    if (typeof key === 'string') return key === identity || key === origin
    return (key.identity ?? identity) === identity && (key.origin ?? origin) === origin
  })
}

function unfit(expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`except\` to be given ${expected}, got ${describeValue(value)}.`)
}
