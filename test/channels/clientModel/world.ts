import { createSSEClient, type SSEClient, type SSEMessage } from '@tidewire/client'
import { createSSEHub, type SSEHub } from '@tidewire/server'
import { Clock, turn } from './clock.ts'
import { Component } from './component.ts'
import { type ChannelFacts, Part } from './part.ts'
import { Wire } from './wire.ts'

/** The channels of a run: with a long history and a short one, one that retains its last event, and one that ends. */
const CHANNELS = {
  long: { history: { maxEvents: 1000 } },
  short: { history: { maxEvents: 3 } },
  last: { history: { maxEvents: 3 }, retain: 'last' },
  over: { history: { maxEvents: 1000 }, terminal: ['done'] },
} as const

/** How a run is set up. */
export interface Setting {
  /** For how long a channel stays that nobody follows, in milliseconds. */
  readonly linger: number
  readonly isPrompt: boolean
}

/** What a part does by itself, the first time that it can. */
export type Reaction = 'none' | 'close when open' | 'close at an event' | 'come back at an event' | 'bring another'

const HEARTBEAT = 500

// The same for all, so that what it has made of events means something to all.
const keep = (kept: unknown, { data }: SSEMessage) =>
  [...((kept as number[] | undefined) ?? []), data as number].slice(-9)

/** A client, its hub, and the means to make things happen in any order. */
export class World {
  readonly clock = new Clock()
  readonly wire: Wire
  readonly client: SSEClient
  readonly facts: readonly ChannelFacts[]
  readonly parts: Part[] = []
  readonly components: Component[] = []
  readonly #rights = new Set<string>(Object.keys(CHANNELS))
  #hub: SSEHub
  #failure: Error | undefined

  constructor({ linger, isPrompt }: Setting) {
    this.clock.install()
    this.#hub = this.#createHub()
    this.wire = new Wire(this.#hub, (name) => {
      for (const facts of this.facts) if (facts.name === name) facts.losses++
    })
    this.wire.isPrompt = isPrompt
    this.client = createSSEClient({
      url: 'http://hub.test/_sse',
      fetch: this.wire.fetch,
      linger,
      retry: { delay: 5, maxDelay: 20, maxAttempts: Infinity },
    })
    this.facts = Object.entries(CHANNELS).map(([name, config]) => ({
      name,
      kept: config.history.maxEvents,
      isRetained: 'retain' in config || 'terminal' in config,
      published: 0,
      ends: new Set(),
      begin: undefined,
      losses: 0,
      toldLosses: 0,
      isTold: false,
      revocations: 0,
    }))
  }

  channel(index: number): ChannelFacts {
    return this.facts[index % this.facts.length] as ChannelFacts
  }

  /** One of the parts for which that is so. */
  pick(index: number, isFit: (part: Part) => boolean): Part | undefined {
    const fit = this.parts.filter(isFit)
    return fit[index % (fit.length || 1)]
  }

  pickComponent(index: number, isFit: (component: Component) => boolean): Component | undefined {
    const fit = this.components.filter(isFit)
    return fit[index % (fit.length || 1)]
  }

  mount(facts: ChannelFacts): void {
    this.#follow(facts)
    this.components.push(new Component(this.client, facts, (error) => (this.#failure ??= error)))
  }

  async publish(facts: ChannelFacts, isEnd: boolean): Promise<void> {
    const n = ++facts.published
    if (isEnd) facts.ends.add(n)
    await this.#hub.to(facts.name).send(isEnd ? 'done' : 'message', n)
  }

  subscribe(facts: ChannelFacts, isReduced: boolean, reaction: Reaction, since?: Part): void {
    this.#follow(facts)
    const part = new Part(facts, isReduced, (error) => (this.#failure ??= error))
    this.parts.push(part)
    let isDue = reaction !== 'none'
    const react = (when: Reaction, act: () => void) => {
      if (!isDue || reaction !== when) return
      isDue = false
      act()
    }
    const { lastEventId = '' } = since?.subscription ?? {}
    const subscription = this.client.subscribe(facts.name, {
      recent: 5,
      ...(isReduced && { reduce: keep }),
      ...(lastEventId && { lastEventId }),
      onOpen: () => {
        part.onOpen()
        react('close when open', () => part.close())
        react('bring another', () => this.subscribe(facts, !isReduced, 'none'))
      },
      onEvent: (event) => {
        part.onEvent(event)
        react('close at an event', () => part.close())
        react('come back at an event', () => {
          part.close()
          this.subscribe(facts, isReduced, 'none')
        })
      },
      onGap: () => part.onGap(),
      onClose: (reason) => {
        part.onClose(reason)
        // Nothing of before is given to who comes back.
        if (reason === 'denied' || reason === 'revoked' || reason === 'complete') facts.begin = undefined
      },
    })
    const others = this.parts.filter((other) => other.facts === facts && other !== part)
    part.begin(subscription, lastEventId ? since?.last : undefined, others)
  }

  /** Somebody comes to a channel. */
  #follow(facts: ChannelFacts): void {
    if (facts.begin === undefined) facts.toldLosses = facts.losses
    facts.begin ??= facts.published
  }

  /** Takes a channel away from everybody, for now or until it is granted again. */
  revoke(facts: ChannelFacts, isLasting: boolean): void {
    facts.revocations++
    facts.losses++
    if (isLasting) this.#rights.delete(facts.name)
    this.#hub.revoke(facts.name)
  }

  grant(facts: ChannelFacts): void {
    this.#rights.add(facts.name)
  }

  /** Puts a new hub, which knows nothing of before, in the place of the old one. */
  async renew(): Promise<void> {
    const before = this.#hub
    this.#hub = this.#createHub()
    this.wire.hub = this.#hub
    for (const facts of this.facts) facts.losses++
    await before.close()
  }

  check(): void {
    this.#throw()
    for (const facts of this.facts) {
      const shown = this.parts
        .filter((part) => part.facts === facts && part.isIn && !part.isAway)
        .map(({ subscription }) => subscription.lastEvent?.data)
      if (new Set(shown).size > 1) throw new Error(`Parts in ${facts.name} show ${shown.join()}.`)
    }
    for (const part of this.parts) if (part.isIn) part.check()
    for (const component of this.components) component.check()
    this.#throw()
  }

  // What a callback has found stops nobody there.
  #throw(): void {
    if (this.#failure) throw this.#failure
  }

  /** Lets everything come to rest, and expects everybody to have everything. */
  async expectAll(): Promise<void> {
    for (const facts of this.facts) this.grant(facts)
    for (const part of this.parts) if (part.isPaused) part.resume()
    for (const component of this.components) if (!component.isIn) component.show()
    this.client.resume()
    // Until the next frame, what was closed looks so.
    await this.clock.pass(60)
    await this.#settle()
    // Twice: what was lost last has no successor before, and after that nobody has a reason for a gap.
    for (const round of [1, 2]) {
      const gaps = this.#count('gap')
      for (const facts of this.facts) await this.publish(facts, false)
      await this.#settle()
      for (const part of this.parts) if (part.isIn) part.expectAll()
      for (const component of this.components) if (component.isIn) component.expectAll()
      this.check()
      if (round === 2 && this.#count('gap') > gaps) throw new Error('A gap where nothing was lost.')
    }
    await this.#expectChanges()
  }

  async close(): Promise<void> {
    this.client.close()
    this.wire.flush()
    await turn()
    await this.#hub.close()
    // What is due in the next frame is shared by all clients.
    await this.clock.pass(100)
    this.clock.restore()
  }

  #count(entry: string): number {
    return [...this.parts, ...this.components].flatMap(({ log }) => log).filter((line) => line === entry).length
  }

  #createHub(): SSEHub {
    const hub = createSSEHub({ identify: () => 'ann', heartbeat: HEARTBEAT, onError() {} })
    for (const [name, config] of Object.entries(CHANNELS)) {
      hub.channel(name, { ...config, authorize: () => this.#rights.has(name) })
    }
    return hub
  }

  /** Changes of the set are told, and cost no connection. */
  async #expectChanges(): Promise<void> {
    const { opened } = this.wire
    if (this.#wanted().size === 0) return
    for (const facts of this.facts) this.subscribe(facts, false, 'none')
    await this.#settle()
    for (const part of this.parts.slice(-this.facts.length)) part.close()
    await this.#settle()
    if (this.wire.opened > opened && !this.wire.hasRefused)
      throw new Error('A change of the set has cost a connection.')
  }

  #wanted(): Set<string> {
    return new Set([...this.parts, ...this.components].flatMap(({ isIn, facts }) => (isIn ? [facts.name] : [])))
  }

  /** What keeps it from rest. */
  #unrest(): string | undefined {
    if (this.wire.isBusy) return 'something is on its way'
    for (const { isIn, subscription, facts } of this.parts) {
      if (isIn && subscription.status !== 'open') return `${facts.name} is ${subscription.status}`
    }
    for (const { isIn, status, facts } of this.components) {
      if (isIn && status !== 'open') return `a component of ${facts.name} is ${status}`
    }
    const wanted = this.#wanted()
    if (this.client.connected !== wanted.size > 0) return 'the client is not what it should be'
    if (this.#hub.connectionCount !== Math.sign(wanted.size))
      return `there are ${this.#hub.connectionCount} connections`
    for (const { name } of this.facts) {
      if (this.#hub.subscriberCount(name) !== Number(wanted.has(name))) return `the hub is wrong about ${name}`
    }
    return undefined
  }

  async #settle(): Promise<void> {
    this.wire.isPrompt = true
    let reason: string | undefined
    for (let turns = 0; turns < 600; turns++) {
      // Components show what there was in the last frame.
      await this.clock.pass(turns < 20 ? 20 : 100)
      this.wire.flush()
      await turn()
      this.check()
      reason = this.#unrest()
      if (!reason) break
    }
    if (reason) throw new Error(`It never comes to rest: ${reason}.`)
    await this.clock.pass(50)
  }
}
