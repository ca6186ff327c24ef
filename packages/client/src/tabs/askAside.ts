import { HELLO, type PollHello, RESERVED_PREFIX, SSEError, type Verdict } from '@tidewire/protocol'
import type { SSEWire } from '../channels/clientTypes.ts'
import { connect, type Entry } from '../connect.ts'
import { parsePayload } from '../payload.ts'
import type { Kept } from './feed.ts'
import { withQuery } from './withQuery.ts'

/** What a hub says of a channel. */
export interface Answer {
  readonly verdict: Verdict
  /** All that the channel published after the position, up to `cursor`; or its last event, if it retains that. */
  readonly events: readonly Kept[]
  readonly cursor: string
}

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 10_000

/**
 * Asks a hub what a reader of one channel has missed, beside the connection. PROTOCOL.md, 14.
 *
 * Rejects where there is no whole answer.
 */
export async function askAside(
  { url, options }: SSEWire,
  name: string,
  position: string,
  signal: AbortSignal,
): Promise<Answer> {
  const events: Kept[] = []
  let hello: PollHello | undefined
  let failure: SSEError | undefined
  const take = ({ id, event = '', data, error, open, retry }: Entry) => {
    if (open !== undefined || retry !== undefined) return
    failure ??= error
    if (event === HELLO) hello = parsePayload('json', event, data ?? '') as PollHello
    else if (!hello) failure ??= new SSEError('network', 'This is not the answer to a poll.')
    else if (data !== undefined && !event.startsWith(RESERVED_PREFIX)) {
      events.push({ id, event: event.slice(event.indexOf('#') + 1), text: data })
    }
  }
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, TIMEOUT)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const error = await connect({
    url,
    options: {
      ...options,
      async resolveURL(target) {
        const resolved = String(options.resolveURL ? await options.resolveURL(target) : target)
        const query = new URLSearchParams({ v: '1', poll: '1' })
        query.append(position ? 'since' : 'fresh', position ? `${position}:${name}` : name)
        return withQuery(resolved, query)
      },
    },
    lastEventId: '',
    signal: controller.signal,
    silence: Infinity,
    receive: (entries) => entries.forEach(take),
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', abort)
  const verdict = new Map(Object.entries(Object(hello?.channels) as PollHello['channels'])).get(name)
  // The end of a whole answer is one without a word. PROTOCOL.md, 14.1.
  if (!hello || !verdict || failure || error.code !== 'disconnected' || error.reason) throw failure ?? error
  return { verdict, events, cursor: hello.cursor }
}
