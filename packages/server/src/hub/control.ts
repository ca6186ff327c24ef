import { isChannelName, parsePosition, type Position } from '@tidewire/protocol'
import { UNKNOWN } from './hubRequest.ts'
import { MAX_BODY, readBody } from './readBody.ts'
import { refusal } from './refusal.ts'

/** A change of a connection's set. PROTOCOL.md, 9.1. */
export interface SetChange {
  readonly connection: string
  readonly rev: number
  /** Each channel with its position; undefined for one that is fresh. */
  readonly since: ReadonlyMap<string, Position | undefined>
}

const REFUSED_BODIES = {
  400: 'Expected a body that is whole.',
  408: 'Expected the body sooner.',
  413: `Expected a body of at most ${MAX_BODY} bytes.`,
}

/** Reads a change. Resolves with the response that refuses it instead. */
export async function parseChange(request: Request, maxChannels: number): Promise<SetChange | Response> {
  // A page of another origin may not send this type unasked.
  if (!/^application\/json *(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return refusal(415, 'Expected the content type application/json.')
  }
  const body = await readBody(request)
  if (typeof body === 'number') return refusal(body, REFUSED_BODIES[body])
  const change = parse(new TextDecoder().decode(body))
  if (typeof change === 'string') return refusal(400, change)
  if (change.since.size > maxChannels) {
    return refusal(400, `Expected at most ${maxChannels} channels, got ${change.since.size}.`)
  }
  return change
}

function parse(text: string): SetChange | string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return 'Expected JSON.'
  }
  const { connection, rev, channels } = Object(body) as Record<string, unknown>
  if (typeof connection !== 'string') return 'Expected `connection` to be the id of a connection.'
  if (!Number.isSafeInteger(rev) || (rev as number) < 1) return 'Expected `rev` to be a positive integer.'
  if (typeof channels !== 'object' || channels === null || Array.isArray(channels)) {
    return 'Expected `channels` to be an object.'
  }
  const since = new Map<string, Position | undefined>()
  for (const [name, id] of Object.entries(channels as Record<string, unknown>)) {
    if (!isChannelName(name)) return 'Expected the keys of `channels` to be names of channels.'
    if (id !== null && typeof id !== 'string') return 'Expected the values of `channels` to be ids or null.'
    since.set(name, id === null ? undefined : (parsePosition(id) ?? UNKNOWN))
  }
  return { connection, rev: rev as number, since }
}
