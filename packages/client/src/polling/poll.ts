import { BYE, HELLO, SSEError } from '@tidewire/protocol'
import { type Attempt, connect, type Entry } from '../connect.ts'

/** What one poll has come to. */
export interface Poll {
  /** Why it failed; undefined where it brought all that there was. */
  readonly error: SSEError | undefined
  /** Whether a hub has answered it. */
  readonly isGreeted: boolean
  /** Whether it was answered as by a server that knows nothing of polling. */
  readonly isStrange: boolean
  /** The least time before the next, as the server wants it, in milliseconds. */
  readonly retry: number
}

/** Asks a hub for what came since the position, which it answers and ends. PROTOCOL.md, 14. Never rejects. */
export async function poll(attempt: Attempt, receive: (entries: Entry[]) => void): Promise<Poll> {
  const { url, options, signal } = attempt
  const { resolveURL, connectTimeout = 30_000 } = options
  // What comes before the first event.
  let held: Entry[] = []
  let first: Entry | undefined
  let retry = 0
  const error = await connect({
    url,
    options: {
      ...options,
      resolveURL: async (target) => asPoll(resolveURL ? await resolveURL(target) : target),
    },
    get lastEventId() {
      return attempt.lastEventId
    },
    signal,
    // What the hub says of its heartbeat is about streams.
    silence: connectTimeout || Infinity,
    receive(entries) {
      held.push(...entries.filter(({ open }) => !open))
      first ??= held.find((entry) => entry.retry === undefined)
      if (!first) return
      if (!isOwn(first)) throw new SSEError('disconnected', 'The answer to a poll did not begin with `sse.hello`.')
      const taken = held
      held = []
      for (const entry of taken) retry = entry.retry ?? retry
      receive(taken)
    },
  })
  const isGreeted = first?.event === HELLO
  const isWhole = isGreeted && error.code === 'disconnected' && error.reason === undefined
  return { error: isWhole ? undefined : error, isGreeted, isStrange: isStrange(error, first), retry }
}

function asPoll(url: string | URL): string {
  const text = String(url)
  return text.replace(/(?=#)|$/, text.includes('?') ? '&poll' : '?poll')
}

// A hub that has to send its readers away does so before it has greeted.
function isOwn({ event }: Entry): boolean {
  return event === HELLO || event === BYE
}

function isStrange({ code, status = 0 }: SSEError, first: Entry | undefined): boolean {
  if (first) return !isOwn(first)
  if (code === 'http-status') return status > 204 && status < 500 && ![408, 425, 429].includes(status)
  return code === 'content-type' || code === 'disconnected'
}
