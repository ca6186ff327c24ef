import type { SSEWire } from '../channels/clientTypes.ts'
import { createOrigin } from '../channels/origin.ts'
import { Candidacy, holdLock } from './candidacy.ts'
import { Leader, lockOf } from './leader.ts'
import { fromFailure, type LeaderMessage, type News, type TabMessage, type TabWords, type Wants } from './messages.ts'
import type { Surroundings } from './surroundings.ts'
import { TabSession } from './tabSession.ts'

/** For how long a leader may be silent before it is asked whether it lives, and then again, in milliseconds. */
const PATIENCE = 3000

/** For how long a tab stays whose client was sent to a new leader, in milliseconds. */
const RETURN_WITHIN = 1000

/** What a tab needs to take part. */
export interface TabHost {
  /** What all tabs have in common that share a connection. */
  readonly name: string
  readonly wire: SSEWire
  readonly surroundings: Surroundings
  /** It takes part no more. */
  onClose: () => void
  /** What its client wants cannot be shared. */
  onAlone: () => void
}

/** A tab's part in a shared connection, from its first request to the end of its last. */
export class Tab {
  readonly #id = createOrigin()
  readonly #host: TabHost
  readonly #channel: ReturnType<Surroundings['open']>
  readonly #stop = new AbortController()
  readonly #sessions = new Map<string, TabSession>()
  #requests = 0
  readonly #timer: ReturnType<typeof setInterval>
  /** The leader that was heard last, and how many messages of its there were. */
  #known = { leader: '', term: 0, count: 0 }
  #leader: Leader | undefined
  readonly #candidacy: Candidacy
  #isClosed = false
  /** Resolves when others can notice that it is gone. */
  readonly #named: Promise<void>
  #isNamed = false
  /** For how many looks the leader was silent. */
  #silence = 0
  #returning: ReturnType<typeof setTimeout> | undefined

  constructor(host: TabHost) {
    this.#host = host
    const { name, surroundings } = host
    this.#channel = surroundings.open(name)
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data as TabMessage | LeaderMessage))
    this.#timer = setInterval(() => this.#look(), PATIENCE)
    this.#named = holdLock(surroundings.locks, lockOf(name, this.#id), this.#stop.signal)
    this.#candidacy = new Candidacy({
      name,
      locks: surroundings.locks,
      onLead: () => this.#lead(),
      onLoss: () => this.#standAgain(),
    })
    this.#candidacy.stand()
  }

  /** Asks for a connection. Resolves with undefined where it cannot be shared. */
  async join(wants: Wants, signal: AbortSignal): Promise<Response | undefined> {
    const session: TabSession = new TabSession(`${this.#id}.${this.#requests++}`, wants, {
      onTaken: (size) => this.#tell({ do: 'take', session: session.id, size }),
      onCancel: () => this.#leave(session),
    })
    clearTimeout(this.#returning)
    this.#returning = undefined
    this.#sessions.set(session.id, session)
    const abort = () => {
      session.cancel(signal.reason)
      this.#leave(session)
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      await this.#named
      this.#isNamed = true
    } catch {
      // A page in a sandbox has locks that it must not use.
      if (!this.#isClosed) {
        this.#host.onAlone()
        this.close()
        return undefined
      }
    }
    this.#announce(session)
    return session.response
  }

  /** Changes the set of a connection. Returns whether there is one of that id. */
  change(session: string, rev: number, wants: Wants): boolean {
    if (!this.#sessions.has(session)) return false
    this.#tell({ do: 'change', session, rev, wants })
    return true
  }

  /** Takes no part any more, and lets another tab lead. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#timer)
    clearTimeout(this.#returning)
    this.#host.onClose()
    const end = () => {
      this.#stop.abort()
      this.#depose()
      this.#channel.close()
    }
    const rest = this.#leader?.rest()
    if (rest) void rest.then(end)
    else end()
  }

  #lead(): void {
    if (this.#isClosed) return this.#candidacy.resign()
    const { name, wire, surroundings } = this.#host
    const term = Math.max(this.#known.term + 1, Date.now())
    const leader: Leader = new Leader(term, {
      tab: this.#id,
      name,
      wire,
      surroundings,
      post: (message) => {
        this.#note(message)
        this.#channel.postMessage(message)
      },
      take: (to, news) => this.#take(to, news),
    })
    this.#leader = leader
    this.#moveAll([])
  }

  /** Leads no longer. */
  #depose(): void {
    const leader = this.#leader
    this.#leader = undefined
    leader?.close()
    this.#candidacy.resign()
  }

  /** Another tab leads. */
  #standAgain(): void {
    this.#depose()
    if (this.#isNamed && !this.#isClosed) this.#candidacy.stand()
  }

  #hear(message: TabMessage | LeaderMessage): void {
    if ('leader' in message) this.#obey(message)
    else this.#leader?.hear(message)
  }

  #obey(message: LeaderMessage): void {
    const known = this.#known
    const { leader, term, count, to, news } = message
    if (term < known.term || (term === known.term && leader < known.leader)) return
    this.#note(message)
    this.#silence = 0
    const isNew = leader !== known.leader || term !== known.term
    if (isNew && this.#leader) this.#standAgain()
    // A message that did not come would be a hole.
    if (isNew || count !== known.count + 1) this.#moveAll(to)
    if (news) this.#take(to, news)
  }

  #note({ leader, term, count }: LeaderMessage): void {
    this.#known = { leader, term, count }
  }

  #take(to: readonly string[], news: News): void {
    for (const id of to) {
      const session = this.#sessions.get(id)
      // It was asked for twice, or has been given up since.
      if (!session && id.startsWith(this.#id)) this.#tell({ do: 'leave', session: id })
      if (!session) continue
      if ('text' in news) session.push(news.text)
      else if (news.end === 'moved') this.#move(session)
      else if (news.end === 'alone') this.#part(session)
      else {
        this.#sessions.delete(id)
        this.#tell({ do: 'leave', session: id })
        session.end(news.end === 'said' ? undefined : fromFailure(news.end))
      }
    }
    this.#rest()
  }

  /** There is another leader, who knows only some sessions, if any. */
  #moveAll(known: readonly string[]): void {
    for (const session of [...this.#sessions.values()])
      if (session.isOpen || !known.includes(session.id)) this.#move(session)
  }

  #move(session: TabSession): void {
    if (!session.isOpen) return this.#announce(session)
    this.#sessions.delete(session.id)
    this.#tell({ do: 'leave', session: session.id })
    this.#returning ??= setTimeout(() => {
      this.#returning = undefined
      this.#rest()
    }, RETURN_WITHIN)
    this.#host.wire.reconnect()
  }

  /** It cannot be shared: from here on this tab has a connection of its own. */
  #part(session: TabSession): void {
    this.#host.onAlone()
    if (session.isOpen) return this.#move(session)
    this.#sessions.delete(session.id)
    this.#tell({ do: 'leave', session: session.id })
    session.giveUp()
  }

  /** Tells the leader what a session wants, if there is one; whoever becomes leader is told then. */
  #announce({ id: session, wants }: TabSession): void {
    if (this.#isNamed && this.#sessions.has(session)) this.#tell({ do: 'join', session, wants })
  }

  #tell(message: TabWords): void {
    const whole: TabMessage = { ...message, tab: this.#id, term: this.#known.term }
    if (this.#leader) this.#leader.hear(whole)
    else if (!this.#stop.signal.aborted) this.#channel.postMessage(whole)
  }

  #leave({ id }: TabSession): void {
    if (!this.#sessions.delete(id)) return
    this.#tell({ do: 'leave', session: id })
    this.#rest()
  }

  #rest(): void {
    if (this.#sessions.size === 0 && !this.#returning) this.close()
  }

  /** Asks a silent leader whether it lives, and takes the lead where nothing comes. */
  #look(): void {
    if (this.#leader || !this.#isNamed) return
    // Twice, as one that has just woken up finds its own timer first, and then the answer.
    if (++this.#silence > 3) this.#candidacy.seize()
    else if (this.#silence > 1) this.#tell({ do: 'ask' })
  }
}
