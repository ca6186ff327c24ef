import { isChannelName, MAX_CHANNEL_NAME } from './channelName.ts'

/** The parameters of a channel's name, decoded. Has no prototype: a parameter may be named `__proto__`. */
export type DecodedParams = Record<string, string>

/** A pattern of channels' names: `orders/42` fits `orders/:id`. */
export interface CompiledPattern {
  readonly pattern: string
  /** What stands between its slashes: text as it stands in names, or `:` and the name of a parameter. */
  readonly segments: readonly string[]
  /** Gives the parameters of a name; undefined where it does not fit, or is no name. */
  match(name: string): DecodedParams | undefined
  /** Gives the parameters of a name that fits, from its segments. */
  decode(segments: readonly string[]): DecodedParams
}

const PARAM = /^:[A-Za-z_$][\w$]*$/

/**
 * Reads a pattern: segments joined by `/`, each of which is text, spelled as in a name (PROTOCOL.md, section 6.1), or `:`
 * and an identifier that occurs once, which stands for any segment. To match takes time in proportion to the name.
 *
 * Throws a `TypeError` for any other pattern.
 */
export function compilePattern(pattern: string): CompiledPattern {
  const segments = pattern.split('/')
  const problem = findProblem(segments)
  if (problem) {
    const expected = 'segments joined by "/", each of them text or a parameter such as ":id"'
    throw new TypeError(
      `Expected a channel's pattern to be ${expected}, got ${JSON.stringify(pattern)}, where ${problem}.`,
    )
  }
  const params = segments.flatMap((segment, index) => (isParam(segment) ? { name: segment.slice(1), index } : []))

  const decode: CompiledPattern['decode'] = (given) => {
    const decoded = Object.create(null) as DecodedParams
    // Cannot throw: a name encodes whole characters only.
    for (const { name, index } of params) decoded[name] = decodeURIComponent(given[index] ?? '')
    return decoded
  }
  const match: CompiledPattern['match'] = (name) => {
    if (!isChannelName(name)) return undefined
    const given = name.split('/')
    const fits = segments.every((segment, index) => isParam(segment) || segment === given[index])
    return fits && given.length === segments.length ? decode(given) : undefined
  }
  return { pattern, segments, match, decode }
}

/** Tells whether a segment of a pattern stands for any segment of a name. */
export function isParam(segment: string): boolean {
  return segment.startsWith(':')
}

function findProblem(segments: readonly string[]): string | undefined {
  const params = segments.filter(isParam)
  const misnamed = params.find((param) => !PARAM.test(param))
  if (misnamed) return `${JSON.stringify(misnamed)} has no identifier for a name`
  const repeated = params.find((param, index) => params.indexOf(param) < index)
  if (repeated) return `${JSON.stringify(repeated)} occurs twice`
  if (segments.includes('')) return 'a segment is empty'
  const misspelled = segments.find((segment) => !isParam(segment) && !isChannelName(segment))
  if (misspelled)
    return `${JSON.stringify(misspelled)} is not spelled as in a name, with "%25" for "%" and "%23" for "#"`
  const shortest = segments.map((segment) => (isParam(segment) ? 'x' : segment)).join('/')
  return isChannelName(shortest) ? undefined : `every name is longer than ${MAX_CHANNEL_NAME} bytes`
}
