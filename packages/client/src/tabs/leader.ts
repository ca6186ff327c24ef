import type { SSEWire } from '../channels/clientTypes.ts'
import { Mailbox, type MailboxHost } from './mailbox.ts'
import type { TabMessage, Wants } from './messages.ts'
import { Relay } from './relay.ts'
import type { Surroundings } from './surroundings.ts'

/** For how long a new leader waits for the others to say where they are, in milliseconds. */
const GATHERING = 500

/** How long a connection has stood that is made anew at once, in milliseconds. */
const STABLE_AFTER = 5000

/** What a leader needs of its tab. */
export interface LeaderHost extends MailboxHost {
  /** The name of the lock that makes a leader. */
  readonly name: string
  readonly wire: SSEWire
  readonly surroundings: Surroundings
}

/** The name of the lock that a tab holds for as long as it takes part. */
export function lockOf(name: string, tab: string): string {
  return `${name} ${tab}`
}

/** The tab that holds the connection, for all of them. */
export class Leader {
  readonly #host: LeaderHost
  readonly #mailbox: Mailbox
  readonly #stop = new AbortController()
  readonly #watched = new Set<string>()
  #relay: Relay | undefined
  #isOver = false
  /** How many connections were made anew in a row. */
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Is called when another session has come. */
  #onJoin: (() => void) | undefined

  constructor(term: number, host: LeaderHost) {
    this.#host = host
    this.#mailbox = new Mailbox(term, host)
    this.#mailbox.announce()
  }

  hear(message: TabMessage): void {
    // Clocks may be set back; whoever has heard of a later term would not listen.
    if (message.term > this.#mailbox.term) this.#mailbox.term = message.term + 1
    if (message.do === 'ask') this.#mailbox.announce()
    else if (message.do === 'join') this.#join(message.tab, message.session, message.wants)
    else if (message.do === 'change') this.#relay?.change(message.session, message.rev, message.wants)
    else if (message.do === 'take') this.#relay?.take(message.session, message.size)
    else {
      this.#relay?.leave(message.session)
      this.#mailbox.hear(message.session)
    }
  }

  /**
   * Takes nobody in any more, and resolves when all have heard of their ends: who leads next would not let them. Undefined
   * where nobody has to.
   */
  rest(): Promise<void> | undefined {
    this.#isOver = true
    return this.#mailbox.heard()
  }

  /** Leads no longer: its connection is given up, and nobody is told. Idempotent. */
  close(): void {
    this.#isOver = true
    this.#stop.abort()
    clearTimeout(this.#timer)
    this.#mailbox.close()
    this.#onJoin?.()
    this.#relay?.close()
  }

  #join(tab: string, session: string, wants: Wants): void {
    if (this.#isOver || this.#relay?.has(session)) return
    this.#watch(tab)
    this.#relay ??= this.#begin()
    this.#relay.join(session, tab, wants)
    this.#onJoin?.()
  }

  #begin(): Relay {
    let openedAt = Infinity
    const relay = new Relay(this.#host.wire, {
      send: (to, news) => this.#mailbox.send(to, news),
      onEnd: (isStale) => {
        this.#relay = undefined
        const isStable = Date.now() - openedAt > STABLE_AFTER
        this.#failures = isStale ? (isStable ? 1 : this.#failures + 1) : 0
      },
    })
    const open = () => {
      openedAt = Date.now()
      relay.open()
    }
    // At once, but not again and again.
    const delay = this.#failures > 1 ? Math.random() * Math.min(30_000, 1000 * 2 ** this.#failures) : 0
    void this.#gather(relay).then(() => {
      if (this.#stop.signal.aborted) return
      // Timers of a hidden tab are late.
      if (delay > 0) this.#timer = setTimeout(open, delay)
      else open()
    })
    return relay
  }

  /** Waits until all tabs have said where they are that wait to become leader, but not for long. */
  async #gather(relay: Relay): Promise<void> {
    const { locks } = this.#host.surroundings
    const { pending = [] } = await locks.query().catch((): LockManagerSnapshot => ({}))
    const count = 1 + pending.filter(({ name }) => name === this.#host.name).length
    if (relay.tabs >= count || this.#stop.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHERING)
      this.#onJoin = () => {
        if (relay.tabs < count && !this.#stop.signal.aborted) return
        this.#onJoin = undefined
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Notices when a tab is gone without a word: its lock is to be had. */
  #watch(tab: string): void {
    const { surroundings, name, tab: own } = this.#host
    if (tab === own || this.#watched.has(tab)) return
    this.#watched.add(tab)
    const forget = () => {
      this.#watched.delete(tab)
      this.#relay?.forget(tab)
    }
    // The wait is given up with the lead.
    surroundings.locks.request(lockOf(name, tab), { signal: this.#stop.signal }, forget).catch(() => {})
  }
}
