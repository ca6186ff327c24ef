import { BYE, DENIED, END, HELLO, parsePosition, PRESENCE, RESET, REVOKED, SSEError } from '@tidewire/protocol'
import type { SSEWire } from '../channels/clientTypes.ts'
import { isBeyond } from '../channels/position.ts'
import type { CloseReason } from '../state.ts'
import { askAside } from './askAside.ts'
import { Feed, type Kept } from './feed.ts'
import { formatEvent, formatJoin, formatNews } from './frames.ts'
import { toFailure, type Wants } from './messages.ts'
import { Outlet, type Send } from './outlet.ts'
import { askForPast, type Past, pastOf } from './past.ts'
import { createSession, type Part, type RelaySession } from './relaySession.ts'
import { Upstream, type UpstreamEnd } from './upstream.ts'

/** How a hub refuses more than it takes. */
const TOO_MUCH: readonly unknown[] = [400, 413, 414, 431]

/** What a relay needs of its leader. */
export interface RelayHost {
  readonly send: Send
  /** There is nothing left to relay; or the connection has to be made anew. */
  onEnd: (isStale: boolean) => void
}

/** One connection to the hub, and a small hub for the tabs. PROTOCOL.md, 6 to 10. */
export class Relay {
  readonly #wire: SSEWire
  readonly #host: RelayHost
  readonly #outlet: Outlet
  readonly #stop = new AbortController()
  readonly #upstream: Upstream
  readonly #sessions = new Map<string, RelaySession>()
  readonly #feeds = new Map<string, Feed>()
  #isOpen = false
  #isOver = false
  #isStale = false
  #retry = ''
  #lastBeat = 0

  constructor(wire: SSEWire, host: RelayHost) {
    this.#wire = wire
    this.#host = host
    this.#outlet = new Outlet(host.send, (session) => this.#drop(session))
    this.#upstream = new Upstream(wire, {
      onEvent: (name, event) => this.#onEvent(name, event),
      onGap: (name) => this.#onGap(name),
      onReady: (name, since) => this.#onReady(name, since),
      onOver: (name, reason) => this.#onOver(name, reason),
      onTooMuch: (names) => this.#onTooMuch(names),
      onPresence: (name, text) => this.#outlet.tell(this.#feeds.get(name)?.live ?? [], formatEvent(PRESENCE, text)),
      onMove: () => this.#move(),
      onRetry: (delay) => this.#outlet.tell(this.#open, (this.#retry = `retry: ${delay}\n\n`)),
      onActivity: () => this.#beat(),
      onEnd: (end) => this.#end(end),
    })
  }

  /** How many tabs it has. */
  get tabs(): number {
    return new Set([...this.#sessions.values()].map(({ tab }) => tab)).size
  }

  has(id: string): boolean {
    return this.#sessions.has(id)
  }

  /** Takes a session in. It is answered when the first of its channels is live, or all of them are refused. */
  join(id: string, tab: string, wants: Wants): void {
    const session = createSession(id, tab)
    this.#sessions.set(id, session)
    for (const [name, position] of wants) this.#enter(session, name, position)
  }

  /** Connects: each channel goes on from where the tab is that is furthest behind. */
  open(): void {
    if (this.#isOpen || this.#isOver) return
    this.#isOpen = true
    this.#lastBeat = Date.now()
    for (const feed of this.#feeds.values()) this.#follow(feed)
    this.#upstream.open()
  }

  /** Changes the set of a session. PROTOCOL.md, 9. */
  change(id: string, rev: number, wants: Wants): void {
    const session = this.#sessions.get(id)
    if (!session || rev <= session.rev) return
    session.rev = rev
    const wanted = new Map(wants)
    for (const name of session.parts.keys()) if (!wanted.has(name)) this.#quit(session, name)
    for (const [name, position] of wanted) if (!session.parts.has(name)) this.#enter(session, name, position)
  }

  /** A session has taken so many characters. */
  take(id: string, size: number): void {
    const session = this.#sessions.get(id)
    if (!session) return
    session.unread -= size
    if (session.unread <= 0) session.past = 0
  }

  leave(id: string): void {
    const session = this.#sessions.get(id)
    if (session) this.#drop(session)
  }

  /** A tab is gone. */
  forget(tab: string): void {
    for (const session of [...this.#sessions.values()]) if (session.tab === tab) this.#drop(session)
  }

  /** Gives the connection up. Nobody is told. Idempotent. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stop.abort()
    this.#upstream.close()
    this.#sessions.clear()
    this.#feeds.clear()
    this.#host.onEnd(this.#isStale)
  }

  // Who comes and goes

  #enter(session: RelaySession, name: string, position: string): void {
    session.parts.set(name, { position, rev: session.rev, isLive: false })
    const known = this.#feeds.get(name)
    const feed = known ?? new Feed(name)
    this.#feeds.set(name, feed)
    feed.members.add(session)
    if (feed.isReady) this.#goLive(session, feed)
    else if (this.#isOpen && !known) this.#follow(feed)
  }

  #quit(session: RelaySession, name: string): void {
    session.parts.delete(name)
    const feed = this.#feeds.get(name)
    if (!feed?.members.delete(session)) return
    feed.look()
    if (feed.members.size > 0) return
    this.#feeds.delete(name)
    if (this.#isOpen) this.#upstream.remove(name)
  }

  #drop(session: RelaySession): void {
    this.#sessions.delete(session.id)
    for (const name of session.parts.keys()) this.#quit(session, name)
    if (this.#sessions.size === 0) this.close()
  }

  get #open(): RelaySession[] {
    return [...this.#sessions.values()].filter(({ isOpen }) => isOpen)
  }

  // What a session gets

  /** Greets a session. Its channels are told of one by one, as those that join. */
  #greet(session: RelaySession): void {
    if (session.isOpen) return
    session.isOpen = true
    const { base, heartbeat } = this.#upstream
    const hello = { v: 1, connection: session.id, heartbeat, cursor: base, channels: {} }
    this.#outlet.say([session], formatNews(HELLO, hello, base) + this.#retry)
    const { refused: channels } = session
    if (channels.length > 0) this.#outlet.say([session], formatNews(DENIED, { channels, rev: 0 }))
  }

  #goLive(session: RelaySession, feed: Feed): void {
    const part = session.parts.get(feed.name)
    if (!part) return
    const past = pastOf(feed, part.position, this.#upstream.positionOf(feed.name))
    if (past) this.#sayLive(session, feed, part, past)
    else void this.#askFor(session, feed, part)
  }

  async #askFor(session: RelaySession, feed: Feed, part: Part): Promise<void> {
    const { name } = feed
    const here = () => this.#upstream.positionOf(name)
    const ask = () => askAside(this.#wire, name, part.position, this.#stop.signal)
    const past = await askForPast(feed, part.position, here, ask)
    if (this.#feeds.get(name) !== feed || session.parts.get(name) !== part) return
    if (past) this.#sayLive(session, feed, part, past)
    else {
      this.#quit(session, name)
      this.#refuse(session, name, part)
    }
  }

  #sayLive(session: RelaySession, feed: Feed, part: Part, past: Past): void {
    this.#greet(session)
    part.isLive = true
    feed.look()
    const text = formatJoin(feed.name, part.rev, past, this.#upstream.presenceOf(feed.name))
    this.#outlet.sayPast(session, text)
  }

  #refuse(session: RelaySession, name: string, { rev }: Part): void {
    if (session.isOpen) return this.#outlet.say([session], formatNews(DENIED, { channels: [name], rev }))
    session.refused.push(name)
    if (session.parts.size > 0) return
    // None of them: so is the request. PROTOCOL.md, 6.5.
    const error = new SSEError('http-status', 'All channels were refused.', { status: 403 })
    this.#outlet.end([session], toFailure(error))
  }

  // What the hub says

  #follow(feed: Feed): void {
    const positions = [...feed.members].map(({ parts }) => parts.get(feed.name)?.position ?? '')
    const known = positions.filter((position) => parsePosition(position))
    const least = known.reduce((least, one) => (isBeyond(least, one) ? one : least), known[0] ?? '')
    feed.begin(least)
    this.#upstream.add(feed.name, least)
  }

  #onEvent(name: string, event: Kept): void {
    const feed = this.#feeds.get(name)
    feed?.keep(event)
    if (feed?.isReady) this.#outlet.tell(feed.live, formatEvent(`${name}#${event.event}`, event.text, event.id))
  }

  #onReady(name: string, since: string): void {
    const feed = this.#feeds.get(name)
    feed?.settle(since)
    if (feed) for (const session of feed.members) this.#goLive(session, feed)
  }

  #onGap(name: string): void {
    const feed = this.#feeds.get(name)
    feed?.lose(feed.isReady ? this.#upstream.positionOf(name) : '')
    if (feed) this.#outlet.tell(feed.live, formatNews(RESET, { channels: [name] }))
  }

  #onOver(name: string, reason: CloseReason): void {
    const feed = this.#feeds.get(name)
    this.#feeds.delete(name)
    for (const session of feed?.members ?? []) {
      const part = session.parts.get(name)
      if (!part) continue
      session.parts.delete(name)
      // What it waits for, its end included, is still to be asked for.
      if (reason === 'complete' && !part.isLive) this.#enter(session, name, part.position)
      else if (reason === 'denied' || !session.isOpen) this.#refuse(session, name, part)
      else this.#outlet.say([session], formatNews(reason === 'revoked' ? REVOKED : END, { channels: [name] }))
    }
  }

  #onTooMuch(names: readonly string[]): void {
    const wanting = [...this.#sessions.values()].filter(({ parts }) => names.some((name) => parts.has(name)))
    const error = new SSEError('http-status', 'There are too many channels.', { status: 400 })
    this.#outlet.end(wanting, this.tabs > 1 ? 'alone' : toFailure(error))
  }

  #move(): void {
    this.#lastBeat = Date.now()
    this.#outlet.tell(this.#open, `id: ${this.#upstream.base}\n\n`)
  }

  // A tab whose channels are quiet hears nothing while those of others are not.
  #beat(): void {
    const { base, heartbeat } = this.#upstream
    if (base && Date.now() - this.#lastBeat >= heartbeat / 2) this.#move()
  }

  #end(end: UpstreamEnd): void {
    const all = [...this.#sessions.values()]
    this.#isStale = end === 'stale'
    if (end === 'stale') return this.#outlet.end(all, 'moved')
    if ('bye' in end) {
      this.#outlet.say(all, formatEvent(BYE, end.bye))
      return this.#outlet.end(all, 'said')
    }
    const { error = new SSEError('disconnected', 'The connection is over.') } = end
    // Each of them may be less than too much.
    this.#outlet.end(all, this.tabs > 1 && TOO_MUCH.includes(error.status) ? 'alone' : toFailure(error))
  }
}
