import { formatPosition, parsePosition, type Verdict } from '@tidewire/protocol'
import type { RequestFacts } from './requestFacts.ts'

/** What a client asks of a hub. PROTOCOL.md, 6 and 7.4. */
export interface HubQuery {
  /** The channels, each with the verdict that it may hope for. */
  readonly channels: { readonly [name: string]: Verdict }
  /** The least of the positions that it came with, of this cursor's epoch; the cursor where there is none. */
  readonly baseBelow: (cursor: string) => string
  /** Whether events are named with their channel. */
  readonly isQualified: boolean
}

/** Reads the query of a request. */
export function hubQuery({ url, lastEventId }: RequestFacts): HubQuery {
  const query = new URL(url, 'http://localhost').searchParams
  const since = query.getAll('since').map((value) => {
    const colon = value.indexOf(':')
    return { id: value.slice(0, colon), name: value.slice(colon + 1) }
  })
  const covered = query.getAll('channel')
  const verdicts: [string, Verdict][] = [
    ...covered.map((name): [string, Verdict] => [name, lastEventId ? 'resumed' : 'fresh']),
    ...since.map(({ name }): [string, Verdict] => [name, 'resumed']),
    ...query.getAll('fresh').map((name): [string, Verdict] => [name, 'fresh']),
  ]
  const positions = [lastEventId, ...since.map(({ id }) => id)].flatMap((id) => parsePosition(id) ?? [])
  return {
    channels: Object.fromEntries(verdicts),
    baseBelow(cursor) {
      const epoch = parsePosition(cursor)?.epoch
      const known = positions.filter((position) => position.epoch === epoch)
      const [least] = known.toSorted((a, b) => a.seq - b.seq)
      return least ? formatPosition(least) : cursor
    },
    isQualified: query.has('v') || covered.length > 1,
  }
}
