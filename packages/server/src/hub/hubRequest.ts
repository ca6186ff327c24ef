import { isChannelName, isOrigin, parsePosition, type Position } from '@tidewire/protocol'
import { getLastEventId } from '../getLastEventId.ts'

/** What a request for a stream asks for. PROTOCOL.md, 6 and 7.4. */
export interface HubRequest {
  readonly isManaged: boolean
  /** Whether what there is now is all that is wanted. PROTOCOL.md, 14. */
  readonly isPolling: boolean
  readonly origin: string | undefined
  /** Each channel with its position; undefined for one that is fresh. */
  readonly since: ReadonlyMap<string, Position | undefined>
}

/** Reads what a request asks for. Returns text that says what is wrong with it instead. */
export function parseHubRequest(request: Request, maxChannels: number): HubRequest | string {
  const query = new URL(request.url).searchParams
  const isManaged = query.get('v') === '1'
  const lastEventId = getLastEventId(request)
  // A position that is not ours, of the stream that was here before say, cannot be resumed from: that is a reset.
  const base = lastEventId === '' ? undefined : (parsePosition(lastEventId) ?? UNKNOWN)
  const since = new Map<string, Position | undefined>()
  const named = query.get('origin') ?? ''
  const origin = isOrigin(named) ? named : undefined
  for (const name of query.getAll('channel')) since.set(name, base)
  if (isManaged) {
    for (const name of query.getAll('fresh')) since.set(name, undefined)
    for (const text of query.getAll('since')) {
      const colon = text.indexOf(':')
      if (colon < 0)
        return `Expected \`since\` to be an id and the name of a channel, as in e.1:news, got ${quote(text)}.`
      since.set(text.slice(colon + 1), parsePosition(text.slice(0, colon)) ?? UNKNOWN)
    }
  }
  if (since.size === 0) return 'Expected at least one channel, as in ?channel=news.'
  if (since.size > maxChannels) return `Expected at most ${maxChannels} channels, got ${since.size}.`
  for (const name of since.keys())
    if (!isChannelName(name)) return `Expected the name of a channel, got ${quote(name)}.`
  return { isManaged, isPolling: query.has('poll'), origin, since }
}

/** A position that no log has. */
export const UNKNOWN: Position = { epoch: '', seq: 0 }

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
