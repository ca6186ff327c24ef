import type { LeaderMessage, News } from './messages.ts'
import type { RelaySession } from './relaySession.ts'

/** For how long a leader waits at its end for others to hear of theirs, in milliseconds. */
const HEARD_WITHIN = 1000

/** Where a leader's messages go. */
export interface MailboxHost {
  /** The tab that leads. */
  readonly tab: string
  /** Brings a message to all other tabs. */
  post: (message: LeaderMessage) => void
  /** Brings news to sessions of its own tab. */
  take: (to: readonly string[], news: News) => void
}

/** What a leader says, in order, and in as few messages as can be. */
export class Mailbox {
  readonly #host: MailboxHost
  /** Grows where somebody has heard of a later one. */
  term: number
  #count = 0
  /** What goes to the same sessions, one after another, goes at once. */
  #batch: { readonly to: readonly RelaySession[]; text: string } | undefined
  /** The sessions of other tabs that were told of their end, and have not heard it yet. */
  readonly #unheard = new Set<string>()
  #onHeard: (() => void) | undefined

  constructor(term: number, host: MailboxHost) {
    this.term = term
    this.#host = host
  }

  /** Says to all that this tab leads. */
  announce(): void {
    this.#post([])
  }

  send(to: readonly RelaySession[], news: News): void {
    if ('end' in news) {
      this.flush()
      this.#deliver(to, news)
    } else if (this.#batch && isSame(this.#batch.to, to)) {
      this.#batch.text += news.text
    } else {
      this.flush()
      this.#batch = { to, text: news.text }
      queueMicrotask(() => this.flush())
    }
  }

  flush(): void {
    const batch = this.#batch
    this.#batch = undefined
    if (batch) this.#deliver(batch.to, { text: batch.text })
  }

  /** A session has heard of its end. */
  hear(session: string): void {
    if (this.#unheard.delete(session) && this.#unheard.size === 0) this.#onHeard?.()
  }

  /** Resolves when all have heard of their ends, or do not answer. Undefined where nobody has to. */
  heard(): Promise<void> | undefined {
    this.flush()
    if (this.#unheard.size === 0) return undefined
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, HEARD_WITHIN)
      this.#onHeard = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Says nothing more. */
  close(): void {
    this.#batch = undefined
    this.#onHeard?.()
  }

  #deliver(to: readonly RelaySession[], news: News): void {
    const { tab: own, take } = this.#host
    const others = to.filter(({ tab }) => tab !== own).map(({ id }) => id)
    const mine = to.filter(({ tab }) => tab === own).map(({ id }) => id)
    if ('end' in news) for (const id of others) this.#unheard.add(id)
    if (others.length > 0) this.#post(others, news)
    // Last, as it may end this tab's part.
    if (mine.length > 0) take(mine, news)
  }

  #post(to: readonly string[], news?: News): void {
    this.#host.post({ leader: this.#host.tab, term: this.term, count: this.#count++, to, news })
  }
}

function isSame(a: readonly RelaySession[], b: readonly RelaySession[]): boolean {
  return a === b || (a.length === b.length && a.every((one, index) => one === b[index]))
}
