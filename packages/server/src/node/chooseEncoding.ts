import type { ContentEncoding } from './compression.ts'

/** A coding and how much it is liked, from 0 to 1. */
const ELEMENT = /^([\w!#$%&'*+.^`|~-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/

/**
 * Chooses what an `Accept-Encoding` header likes best, and among equals what is offered first. Returns undefined for no
 * encoding: also where there is no header, or none to understand. RFC 9110, section 12.5.3.
 */
export function chooseEncoding(
  header: string | null,
  offered: readonly ContentEncoding[],
): ContentEncoding | undefined {
  const qualities = parseQualities(header ?? '')
  const qualityOf = (encoding: string): number => qualities?.get(encoding) ?? qualities?.get('*') ?? 0
  const [best] = offered.toSorted((a, b) => qualityOf(b) - qualityOf(a))
  if (best === undefined || qualityOf(best) === 0) return undefined
  return qualityOf(best) >= qualityOf('identity') ? best : undefined
}

function parseQualities(header: string): Map<string, number> | undefined {
  const qualities = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const element = part.trim()
    if (element === '') continue
    const [, coding, quality = '1'] = ELEMENT.exec(element) ?? []
    if (coding === undefined) return undefined
    // RFC 9110, section 8.4.1.3: two names of one coding.
    qualities.set(coding === 'x-gzip' ? 'gzip' : coding, Number(quality))
  }
  return qualities
}
