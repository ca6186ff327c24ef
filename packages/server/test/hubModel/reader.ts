import type { CatchUp, Denied, End, Hello, Live, Reset, Revoked } from '@tidewire/protocol'
import type { Block } from './blocks.ts'
import { isAfter, latest, type Payload, type Place } from './chronicle.ts'
import type { Journal } from './journal.ts'
import { type Asked, Link } from './link.ts'
import type { World } from './world.ts'

const HUB = 'http://hub/_sse'

/** A channel in a reader's set. */
interface Subscription {
  readonly journal: Journal
  phase: 'joining' | 'catching' | 'live'
  /** Its own position, as far as it is beyond the base. */
  own: Place | undefined
  asked: Asked | undefined
  /** The change that it joined by. */
  rev: number
  /** Whether it is known where its events begin. */
  isStarted: boolean
  /** Whether it may miss the last event. */
  isExcused: boolean
  /** Whether it was told that the channel is over. */
  isOver: boolean
  /** What came before that was known. */
  readonly early: Payload[]
}

export interface ReaderOptions {
  readonly identity: string
  readonly origin: string
  readonly isManaged: boolean
}

/** Follows a hub by the letter of PROTOCOL.md, and holds it to that. */
export class Reader {
  readonly options: ReaderOptions
  readonly #world: World
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #journals = new Map<string, Journal>()
  /** The positions of channels that were left. */
  readonly #left = new Map<string, Place>()
  #base: Place | undefined
  /** The first base that it ever had. */
  #first: Place | undefined
  #link: Link | undefined
  #next: Link | undefined
  #changes: { readonly name: string; readonly joins: boolean }[] = []
  #isChanging = false
  /** The changes that it sent on this connection. */
  readonly #sent: string[] = []
  /** What the hello was about, until its verdicts count. */
  #opening = new Set<Subscription>()

  constructor(world: World, options: ReaderOptions) {
    this.#world = world
    this.options = options
  }

  get isConnected(): boolean {
    return this.#link !== undefined || this.#next !== undefined
  }

  get wantsMore(): boolean {
    return this.#subscriptions.size > 0
  }

  /** The id of its connection, if it has one. */
  get connection(): string | undefined {
    return this.#link?.connection
  }

  /** How many bytes came on its responses. */
  get received(): number {
    return (this.#link?.received ?? 0) + (this.#next?.received ?? 0)
  }

  /** All that it was told of its channels. */
  get marks(): string[] {
    return [...this.#journals.values()].flatMap(({ marks }) => marks)
  }

  subscribe(name: string, isFresh: boolean): void {
    if (this.#subscriptions.has(name)) return
    this.#abandon()
    const journal = this.#journals.get(name) ?? this.#world.journal(name, this.options)
    this.#journals.set(name, journal)
    const own = isFresh ? undefined : this.#left.get(name)
    if (!own) journal.end('fresh')
    const isStarted = own !== undefined
    this.#subscriptions.set(name, {
      journal,
      phase: 'joining',
      own,
      asked: undefined,
      rev: Infinity,
      isStarted,
      isExcused: false,
      isOver: false,
      early: [],
    })
    if (!this.#link) return
    // Whether the server has it still is not known: it does not look at the position of a channel that it has.
    if (this.#link.set.has(name)) this.#change(name, false)
    this.#change(name, true)
  }

  /** Begins as a new EventSource, unless it runs as one. */
  begin(names: readonly string[]): void {
    if (this.isConnected || this.wantsMore) return
    this.#base = this.#first = undefined
    for (const name of names) this.subscribe(name, true)
    this.open()
  }

  unsubscribe(name: string): void {
    if (!this.options.isManaged) return
    const subscription = this.#subscriptions.get(name)
    if (!subscription) return
    this.#abandon()
    const at = this.#positionOf(subscription)
    if (at) this.#left.set(name, at)
    else this.#left.delete(name)
    this.#subscriptions.delete(name)
    if (this.#link) this.#change(name, false)
  }

  /** Leaves a channel, and follows it again from where it was. */
  rejoin(name: string): void {
    if (!this.options.isManaged || !this.#subscriptions.has(name)) return
    this.unsubscribe(name)
    this.subscribe(name, false)
  }

  /** Follows channels as if it had never followed them. */
  startOver(names: readonly string[]): void {
    if (!this.options.isManaged) return
    for (const name of names) {
      this.unsubscribe(name)
      this.subscribe(name, true)
    }
  }

  /** Asks for a response: beside the one that runs, if there is one. */
  open(): void {
    this.#abandon()
    if (this.#link && !this.options.isManaged) this.#close(this.#link)
    if (this.#subscriptions.size === 0) return
    const { chronicle } = this.#world
    const asked = new Map([...this.#subscriptions].map(([name, it]) => [name, this.#ask(name, this.#positionOf(it))]))
    const link = new Link(chronicle, asked, this.#world.wire())
    this.#next = link
    void this.#world.door.answer(this.#request(asked), undefined).then((answer) => {
      link.answer = answer
      if (answer instanceof Response) return
      if (link.isClosed) answer.forget()
      else link.wire.writer = answer.start(link.wire)
    })
  }

  /** Reads bytes of the response that runs, or of the one that is to take over. */
  read(count: number, ofNext: boolean): void {
    const link = ofNext ? this.#next : (this.#link ?? this.#next)
    if (!link) return
    for (const block of link.read(count)) {
      if (link.isClosed) return
      this.#take(link, block)
    }
    if (!link.isOver || link.isClosed) return
    if (link.answer instanceof Response) this.#refused(link)
    this.#close(link)
  }

  /** Loses its response after so many more bytes. */
  cut(count: number): void {
    this.read(count, false)
    if (this.#link) this.#close(this.#link)
    else this.#abandon()
  }

  /** A change arrives once more. */
  repeat(index: number): void {
    const body = this.#sent[index % this.#sent.length]
    if (body !== undefined) this.#world.watch(this.#post(body))
  }

  /** Has been given the last events that are retained for it. */
  expectRetained(): void {
    for (const [name, { journal }] of this.#subscriptions) if (!this.#link?.over.has(name)) journal.expectRetained()
  }

  /** Has everything, and is live in all that it wants. In the end it was asked whether it may, and has heard of all. */
  expectAll(isFinal: boolean): void {
    for (const [name, { phase, journal }] of this.#subscriptions) {
      if (!this.#link || this.#link.over.has(name)) continue
      if (phase !== 'live') throw new Error(`The channel ${name} never became live: ${journal.marks.join(', ')}.`)
      journal.expectAll()
      if (isFinal) journal.expectFound()
      if (isFinal && !this.#world.gatekeeper.isAllowed(this.options.identity, name))
        throw new Error(`It may not have ${name}.`)
    }
  }

  // Requests.

  #ask(name: string, at: Place | undefined): Asked {
    const { chronicle, gatekeeper } = this.#world
    const isGone = at !== undefined && chronicle.isGone(name, at)
    return { at, isGone, head: chronicle.head, time: gatekeeper.time }
  }

  #request(asked: ReadonlyMap<string, Asked>): Request {
    const { chronicle } = this.#world
    const { identity, origin, isManaged } = this.options
    const url = new URL(HUB)
    const headers = new Headers({ 'x-identity': identity })
    if (isManaged) url.search = `?v=1&origin=${origin}`
    if (this.#base) headers.set('Last-Event-ID', chronicle.id(this.#base))
    // A native reconnection repeats the old URL, and the header counts.
    this.#first ??= this.#base
    if (this.#base && this.#first) url.searchParams.set('lastEventId', chronicle.id(this.#first))
    for (const [name, { at }] of asked) {
      if (!isManaged || (at && this.#base && chronicle.id(at) === chronicle.id(this.#base)))
        url.searchParams.append('channel', name)
      else if (at) url.searchParams.append('since', `${chronicle.id(at)}:${name}`)
      else url.searchParams.append('fresh', name)
    }
    return new Request(url, { headers })
  }

  #change(name: string, joins: boolean): void {
    this.#changes.push({ name, joins })
    if (!this.#isChanging && this.#link) this.#world.watch(this.#sendChanges(this.#link))
  }

  async #post(body: string): Promise<number> {
    const headers = { 'content-type': 'application/json', 'x-identity': this.options.identity }
    const request = new Request(HUB, { method: 'POST', body, headers })
    return ((await this.#world.door.answer(request, undefined)) as Response).status
  }

  // One after the other: a change that overtook another would undo it.
  async #sendChanges(link: Link): Promise<void> {
    this.#isChanging = true
    for (let change = this.#changes.shift(); change; change = this.#changes.shift()) {
      const { name, joins } = change
      const rev = ++link.rev
      if (joins) link.set.add(name)
      else link.set.delete(name)
      const subscription = this.#subscriptions.get(name)
      if (joins && subscription?.phase === 'joining') {
        subscription.rev = rev
        subscription.asked = this.#ask(name, subscription.own)
      }
      const { chronicle } = this.#world
      const positions = [...link.set].map((name) => {
        const it = this.#subscriptions.get(name)
        const at = it && this.#positionOf(it)
        return [name, at ? chronicle.id(at) : null] as const
      })
      const body = JSON.stringify({ connection: link.connection, rev, channels: Object.fromEntries(positions) })
      this.#sent.push(body)
      const status = await this.#post(body)
      if (this.#link !== link) return
      if (status === 404) return this.#close(link)
      if (status !== 204) throw new Error(`A change was answered with ${status}.`)
      if (!joins) link.left.set(name, { rev, upTo: link.received + this.#world.waitingFor(link.connection) })
    }
    this.#isChanging = false
  }

  #refused(link: Link): void {
    const { status } = link.answer as Response
    if (status === 204) return
    if (status !== 403) throw new Error(`A request was answered with ${status}.`)
    for (const name of link.asked.keys()) this.#void(name, 'denied')
    if (!this.options.isManaged) this.#base = this.#first = undefined
  }

  #abandon(): void {
    if (this.#next) this.#close(this.#next)
  }

  #close(link: Link): void {
    if (link.isClosed) return
    link.isClosed = true
    this.#world.leave(link.wire)
    if (this.#next === link) this.#next = undefined
    if (this.#link !== link) return
    this.#link = undefined
    this.#changes = []
    this.#isChanging = false
    this.#opening.clear()
    for (const subscription of this.#subscriptions.values()) {
      subscription.own = this.#positionOf(subscription)
      subscription.phase = 'joining'
      subscription.rev = Infinity
      subscription.early.length = 0
      subscription.isStarted = subscription.own !== undefined
    }
  }

  // What comes.

  #positionOf({ phase, own }: Subscription): Place | undefined {
    if (!this.options.isManaged) return this.#base
    if (phase !== 'live') return own
    return this.#base ? latest(this.#base, own) : own
  }

  #take(link: Link, block: Block): void {
    const { type, data, id, end } = block
    this.#world.trace?.(`${this.options.identity} < ${type} ${data ?? ''} ${id ?? ''}`)
    const isFirst = link.connection === ''
    if (data === undefined) {
      if (id === undefined) return
      this.#base = link.next(id, false)
      if (link === this.#link) return this.#opened(link)
      throw new Error('An id came before the hello.')
    }
    // All or nothing: where it may not have one of them, a plain reader gets no response at all. PROTOCOL.md, 6.4.
    if (isFirst && !this.options.isManaged) for (const [name, { time }] of link.asked) this.#expectAllowed(name, time)
    if (isFirst && type !== 'sse.hello' && type !== 'sse.bye') throw new Error(`A response began with ${type}.`)
    if (!type.startsWith('sse.')) return this.#event(link, type, JSON.parse(data) as Payload, block)
    const value: unknown = JSON.parse(data)
    if (type === 'sse.hello') this.#hello(link, value as Hello, id)
    else if (type === 'sse.catchup') this.#catchUp(link, value as CatchUp & { reset?: true }, end)
    else if (type === 'sse.live') this.#live(link, value as Live, end)
    else if (type === 'sse.reset') this.#reset(link, value as Reset, id)
    else if (type === 'sse.denied') this.#denied(value as Denied, link)
    else if (type === 'sse.revoked') this.#revoked(value as Revoked, link)
    else if (type === 'sse.end') this.#end(value as End, link)
    else if (type === 'sse.bye') this.#bye(value as { reason: string }, link)
  }

  #hello(link: Link, { connection, channels, cursor }: Hello, id: string | undefined): void {
    const { chronicle } = this.#world
    const before = this.#link
    for (const [name, subscription] of this.#subscriptions) {
      const position = this.#positionOf(subscription)
      const asked = link.asked.get(name)
      if (position && (!asked?.at || isAfter(position, asked.at))) link.overlap.set(name, position)
      subscription.own = position
    }
    if (before) this.#close(before)
    this.#opening = new Set(this.#subscriptions.values())
    this.#next = undefined
    this.#link = link
    link.connection = connection
    this.#sent.length = 0
    for (const [name, { at, head, isGone, time }] of link.asked) {
      const verdict = channels[name]
      const subscription = this.#subscriptions.get(name)
      if (!subscription) throw new Error(`The channel ${name} was asked for by nobody.`)
      const { journal } = subscription
      const start = chronicle.place(cursor)
      if (verdict !== 'denied') this.#expectAllowed(name, time)
      if (verdict === 'denied') {
        if (!this.options.isManaged) throw new Error('A plain reader was let in without one of its channels.')
        link.over.add(name)
        this.#void(name, 'denied')
      } else if (verdict === 'resumed') {
        if (at && subscription.isOver) journal.restart(at)
        // The base of a plain reader is below what it was told for a channel of which events were gone, and before the base is said
        // nobody's position changes.
        else if (at && !link.overlap.has(name)) journal.rewind(at)
        subscription.isOver = false
        if (!at || isGone) throw new Error(`The channel ${name} was resumed, of which events were gone.`)
        subscription.isStarted = true
        subscription.phase = 'live'
      } else {
        const isReset = verdict === 'reset' && at && chronicle.isGone(name, at)
        const isFresh = verdict === 'fresh' && (!at || this.#isVoid(name))
        if (!isReset && !isFresh) throw new Error(`The verdict on ${name} was ${verdict}: ${journal.marks.join(', ')}`)
        const from = latest(start, link.overlap.get(name))
        journal.start(start, head, link.overlap.get(name))
        subscription.isStarted = true
        subscription.asked = { at: from, isGone: false, head, time }
      }
    }
    if (id === undefined) return
    this.#base = link.next(id, false)
    this.#opened(link)
  }

  // From the first id on, the verdicts count.
  #opened(link: Link): void {
    if (link.isOpen) return
    link.isOpen = true
    for (const subscription of this.#opening) {
      if (subscription.phase === 'live') continue
      subscription.phase = 'live'
      subscription.own = subscription.asked?.at
    }
    this.#opening.clear()
  }

  #event(link: Link, type: string, payload: Payload, { id, end }: Block): void {
    const isQualified = this.options.isManaged || link.asked.size > 1
    const [name = ''] = isQualified ? type.split('#') : link.asked.keys()
    if (isQualified !== type.includes('#')) throw new Error(`An event was called ${type}.`)
    if (link.over.has(name)) throw new Error(`The channel ${name} went on after its end.`)
    this.#expectJoined(link, name, -1, end)
    const { chronicle } = this.#world
    const isCatching = link.catching.has(name)
    const place = id === undefined ? undefined : isCatching ? chronicle.place(id) : link.next(id, true)
    if (place && !isCatching) this.#base = place
    const subscription = this.#subscriptions.get(name)
    if (!subscription || (subscription.phase === 'joining' && !this.#opening.has(subscription))) return
    const { journal } = subscription
    if (!place) {
      if (subscription.isStarted) journal.retained(payload)
      else subscription.early.push(payload)
      return
    }
    if (!link.isOpen) throw new Error('An event had an id before the base was known.')
    const seen = link.overlap.get(name)
    if (seen && !isAfter(place, seen)) return
    if (!subscription.isStarted) this.#start(subscription, { ...place, seq: place.seq - 1 })
    journal.take(payload, place)
    if (isCatching) subscription.own = place
  }

  #start(subscription: Subscription, place: Place): void {
    const { journal, asked, early } = subscription
    if (!asked) throw new Error('A channel that was not asked for became live.')
    subscription.isStarted = true
    journal.start(place, asked.head)
    if (subscription.isExcused) journal.excuse()
    for (const payload of early.splice(0)) journal.retained(payload)
  }

  #catchUp(link: Link, { channels, rev, reset }: CatchUp & { reset?: true }, end: number): void {
    for (const name of channels) {
      this.#expectJoined(link, name, rev, end)
      link.catching.add(name)
      link.over.delete(name)
      const subscription = this.#subscriptions.get(name)
      if (!subscription || subscription.phase !== 'joining' || subscription.rev > rev) continue
      subscription.phase = 'catching'
      const { journal, asked } = subscription
      if (reset) this.#gone(name, subscription)
      else if (asked?.at) journal.rewind(asked.at)
    }
  }

  #live(link: Link, { channels, rev, cursor, reset }: Live, end: number): void {
    const place = this.#world.chronicle.place(cursor)
    for (const name of channels) {
      this.#expectJoined(link, name, rev, end)
      link.catching.delete(name)
      link.over.delete(name)
      const subscription = this.#subscriptions.get(name)
      if (!subscription || subscription.phase === 'live' || subscription.rev > rev) continue
      const { journal, asked } = subscription
      if (asked) this.#expectAllowed(name, asked.time)
      if (reset && subscription.phase === 'joining') this.#gone(name, subscription)
      else if (!reset && asked?.isGone) throw new Error(`The channel ${name} was resumed, of which events were gone.`)
      if (subscription.isStarted) journal.reach(place)
      else this.#start(subscription, place)
      journal.expectRetained()
      subscription.own = latest(place, subscription.own)
      subscription.phase = 'live'
    }
  }

  // What leaves the set gets nothing more, unless it joins by a later change. PROTOCOL.md, 9.2.
  #expectJoined(link: Link, name: string, rev: number, end: number): void {
    const left = link.left.get(name)
    if (!left) return
    if (rev > left.rev) link.left.delete(name)
    else if (end > left.upTo) throw new Error(`The channel ${name} went on after it was left.`)
  }

  #expectAllowed(name: string, since: number): void {
    if (this.#world.gatekeeper.wasAllowed(this.options.identity, name, since)) return
    throw new Error(`It was given ${name}, which it may not have.`)
  }

  // A position may have been lost with the right to the channel, which it has again. PROTOCOL.md, 10.1.
  #isVoid(name: string): boolean {
    return this.#world.gatekeeper.wasRefused(this.options.identity, name)
  }

  #gone(name: string, subscription: Subscription): void {
    const { asked, journal } = subscription
    const isGone = asked?.at && (this.#world.chronicle.isGone(name, asked.at) || this.#isVoid(name))
    if (!isGone) throw new Error(`Nothing of ${name} was gone.`)
    journal.end('reset')
    subscription.isStarted = false
    subscription.own = undefined
  }

  #reset(link: Link, { channels }: Reset, id: string | undefined): void {
    const { chronicle, log } = this.#world
    const place = id === undefined ? undefined : link.next(id, false)
    for (const name of channels) {
      const subscription = this.#subscriptions.get(name)
      if (!subscription || subscription.phase === 'joining') continue
      const { journal, isStarted } = subscription
      // It begins where it becomes live; the last event may be among what was lost.
      if (!isStarted) {
        subscription.isExcused = true
        // After it, the last event may come once more.
        subscription.early.length = 0
        continue
      }
      const { at } = journal
      const seen = link.overlap.get(name)
      if (place && seen && !isAfter(place, seen)) continue
      // What it missed here it may have had from the response before.
      const isDropped = place && at && (seen || journal.hasMissed(place))
      // Whoever joined since is told too when the feed has missed what is gone, and whoever has had it from the response before.
      const isTold = seen !== undefined || log.hasMissed
      const isGone = at && (chronicle.isGone(name, at) || (isTold && chronicle.isGone(name, { ...at, seq: 0 })))
      if (!isDropped && !isGone) throw new Error(`Nothing of ${name} was lost: ${journal.marks.join(', ')}.`)
      journal.lose(place)
    }
    if (place) this.#base = place
  }

  #denied({ channels, rev }: Denied, link: Link): void {
    for (const name of channels) {
      link.over.add(name)
      const subscription = this.#subscriptions.get(name)
      if (subscription && subscription.rev <= rev) this.#void(name, 'denied')
    }
  }

  #revoked({ channels }: Revoked, link: Link): void {
    for (const name of channels) {
      link.over.add(name)
      const subscription = this.#subscriptions.get(name)
      // It may have been revoked as what it was before it was left; that cannot be told apart.
      if (subscription) this.#void(name, 'revoked')
      else this.#left.delete(name)
    }
  }

  #end({ channels }: End, link: Link): void {
    for (const name of channels) {
      link.over.add(name)
      const subscription = this.#subscriptions.get(name)
      if (!subscription || subscription.phase === 'joining') continue
      subscription.journal.finish()
      this.#abandon()
      // A plain reader asks for all of its channels again.
      subscription.isOver = true
      if (!this.options.isManaged) continue
      const at = this.#positionOf(subscription)
      if (at) this.#left.set(name, at)
      this.#subscriptions.delete(name)
    }
  }

  #bye({ reason }: { reason: string }, link: Link): void {
    if (reason === 'revoked') {
      for (const name of link.asked.keys()) this.#void(name, 'revoked')
      this.#base = this.#first = undefined
    }
  }

  // Allowed again, it is fresh. PROTOCOL.md, 10.1.
  #void(name: string, mark: string): void {
    this.#abandon()
    this.#left.delete(name)
    this.#journals.get(name)?.end(mark)
    this.#subscriptions.delete(name)
  }
}
