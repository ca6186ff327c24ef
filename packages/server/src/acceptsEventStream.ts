import { EVENT_STREAM } from '@tidewire/protocol'

/** Tells whether an `Accept` header takes an event stream: the range that says most decides. RFC 9110, section 12.5.1. */
export function acceptsEventStream(accept: string | null): boolean {
  if (!accept?.trim()) return true
  const qualities = new Map<string, number>()
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = q === undefined ? 1 : Number(q.slice(2))
    qualities.set(range, Math.max(qualities.get(range) ?? 0, Number.isNaN(quality) ? 0 : quality))
  }
  const quality = qualities.get(EVENT_STREAM) ?? qualities.get('text/*') ?? qualities.get('*/*') ?? 0
  return quality > 0
}
