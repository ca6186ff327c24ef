import type { CloseReason, SSEMessage, SSESubscription } from '@tidewire/client'

/** What is known of a channel. */
export interface ChannelFacts {
  readonly name: string
  /** How many of its events are kept. */
  readonly kept: number
  /** Whether somebody who begins gets the last event. */
  readonly isRetained: boolean
  /** The number of its last event. */
  published: number
  /** The numbers of the events that end it. */
  readonly ends: Set<number>
  /** The number of the event before the first that its followers may get. */
  begin: number | undefined
  /** How often its history was lost, and how often when its followers last began, or were told of it. */
  losses: number
  toldLosses: number
  /** Whether its followers were told of a gap, after which nothing came yet. */
  isTold: boolean
  /** How often it was taken away. */
  revocations: number
}

/**
 * One part in a channel, held to what was published: every event from where it begins, once and in order, or word of a gap;
 * no gap without a reason; and a state that is what was heard.
 */
export class Part {
  readonly facts: ChannelFacts
  subscription!: SSESubscription
  readonly isReduced: boolean
  /** What it has told, for whoever reads of a failure. */
  readonly log: string[] = []
  /** The last number that it has, heard or seen. */
  last: number | undefined
  /** The number of the event before the first that it may get. */
  #begin: number
  #openedAt: number | undefined
  #isTold = false
  #isAway = false
  #losses: number
  /** What it has heard since its state was its own. */
  #heard: number[] = []
  #isNew = true
  #isPaused = false
  readonly #onFailure: (error: Error) => void

  constructor(facts: ChannelFacts, isReduced: boolean, onFailure: (error: Error) => void) {
    this.facts = facts
    this.isReduced = isReduced
    this.#losses = facts.toldLosses
    this.#begin = facts.begin ?? facts.published
    this.#onFailure = onFailure
  }

  /** It was made, from what others had; or it begins after an event of its choice. */
  begin(subscription: SSESubscription, after: number | undefined, others: readonly Part[]): void {
    this.subscription = subscription
    this.last = after ?? (subscription.lastEvent?.data as number | undefined)
    // It may have joined one that has come back, and is behind the others.
    const isBehind = others.some((other) => other.isIn && !other.isAway && other.last !== this.last)
    this.#isAway = after !== undefined || isBehind
    // Who comes shows what others show, who were told.
    this.#isTold = this.facts.isTold
    this.log.push(`begins after ${this.last}`)
  }

  /** Whether it is to get everything. */
  get isIn(): boolean {
    return this.subscription.status !== 'closed' && !this.#isPaused
  }

  /** Whether it was away, and nothing has come since: others may be further, or it is. */
  get isAway(): boolean {
    return this.#isAway
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  pause(): void {
    this.log.push('pause')
    this.#isPaused = this.#isAway = true
    this.subscription.pause()
  }

  resume(): void {
    this.log.push('resume')
    this.#isPaused = false
    this.#return()
    this.subscription.resume()
    this.#inherit()
  }

  close(): void {
    this.#isPaused = false
    this.#isAway = true
    this.subscription.close()
  }

  open(): void {
    this.log.push('again')
    this.#return()
    this.subscription.open()
    this.#inherit()
  }

  /** What it has not had itself, it shows as others do. */
  #inherit(): void {
    if (this.last === undefined) this.#isTold ||= this.facts.isTold
    this.last ??= this.subscription.lastEvent?.data as number | undefined
  }

  /** Who comes to the channel from here on may get what it gets. */
  #return(): void {
    this.facts.begin = Math.min(this.facts.begin ?? this.#begin, this.#begin)
  }

  onOpen(): void {
    this.log.push('open')
    this.#openedAt ??= this.facts.published
    this.#isNew = false
  }

  onEvent({ data }: SSEMessage): void {
    const n = data as number
    const { last, facts } = this
    this.log.push(String(n))
    if (n > facts.published) this.#fail(`heard ${n}, which was not published`)
    if (last === undefined) this.#expectFirst(n)
    else if (n < last || (n === last && !facts.isRetained)) this.#fail(`heard ${n} after ${last}`)
    else if (n > last + 1 && !this.#isTold) this.#fail(`missed what is between ${last} and ${n}`)
    this.last = n
    this.#heard.push(n)
    this.#isTold = facts.isTold = false
    this.#isAway = false
    this.#isNew = false
  }

  onGap(): void {
    const { facts, last = this.#begin } = this
    this.log.push('gap')
    const isGone = last + 1 <= facts.published - facts.kept
    const isExplained = isGone || this.#isTold || this.#isAway || this.#isNew
    // One for each loss: it may be of what was there before the last.
    if (!isExplained && this.#losses >= facts.losses) this.#fail('was told of a gap for nothing')
    if (!isExplained) facts.toldLosses = Math.max(facts.toldLosses, ++this.#losses)
    this.#isTold = facts.isTold = true
    if (this.#isAway) this.#heard = []
  }

  onClose(reason: CloseReason): void {
    this.log.push(reason)
    const { facts } = this
    // Somebody may have come to the channel from further on, before it was asked for.
    this.last ??= this.subscription.lastEvent?.data as number | undefined
    // Nothing of before is given to who comes back.
    if (reason === 'denied' || reason === 'revoked') this.#begin = facts.published
    if (reason === 'complete' && !facts.ends.has(this.last ?? -1) && !this.#isTold)
      this.#fail('was at an end without the last event')
    if ((reason === 'denied' || reason === 'revoked') && facts.revocations === 0) this.#fail('lost a right that it had')
    if (reason === 'fatal') this.#fail('ended in a failure')
  }

  /** Shows what it has heard. */
  check(): void {
    const { subscription, isReduced, facts } = this
    // What was taken away from others while it rested, it shows no more.
    const isForgotten = this.#isAway && facts.revocations > 0 && !subscription.lastEvent
    if (isForgotten) this.#heard = []
    const heard = this.#heard.slice(-4)
    const shown = subscription.recent.map(({ data }) => data as number).slice(-heard.length)
    if (heard.length > 0 && heard.join() !== shown.join()) this.#fail(`shows ${shown.join()} of ${heard.join()}`)
    const reduced = isReduced ? ((subscription.data ?? []) as number[]).slice(-heard.length) : []
    if (isReduced && heard.length > 0 && heard.join() !== reduced.join())
      this.#fail(`made ${reduced.join()} of ${heard.join()}`)
  }

  /** Has all that was published. */
  expectAll(): void {
    if (this.subscription.status !== 'open') this.#fail(`is ${this.subscription.status}`)
    if (this.last !== this.facts.published) this.#fail(`has nothing after ${this.last}`)
    if (this.#isTold) this.#fail('heard nothing after a gap')
  }

  #expectFirst(n: number): void {
    const { isRetained, begin: others = Infinity } = this.facts
    // Who follows a channel with somebody who goes on from before gets that, too.
    const begin = Math.min(this.#begin, others)
    if (n < begin || (n === begin && !isRetained)) this.#fail(`heard ${n}, which is of before`)
    if (this.#openedAt !== undefined && n > this.#openedAt + 1 && !this.#isTold)
      this.#fail(`missed what is before ${n}`)
  }

  // A callback that throws would stop nobody.
  #fail(what: string): void {
    this.#onFailure(
      new Error(`A part in ${this.facts.name}, of ${this.facts.published}, ${what}: ${this.log.join(', ')}.`),
    )
  }
}
