import { type Chronicle, isAfter, latest, type Payload, type Place, type Published } from './chronicle.ts'

/**
 * What one reader was given of one channel, compared with what was published: every event from where it was told that it
 * begins, once, in order; and something missing only where it was told so. Throws at the first thing that is wrong.
 */
export class Journal {
  readonly #chronicle: Chronicle
  readonly #channel: string
  readonly #keys: readonly string[]
  readonly #isCoalesced: boolean
  /** Up to where it was given all; undefined where it was promised nothing yet. */
  #at: Place | undefined
  // After a reset that names no place, the next event may be any later one.
  #isLost = false
  // The keys of events that gave way, each with the place that its successor is after.
  readonly #owed = new Map<string, Place>()
  // The oldest event that may come as the retained one, and the place that it is not after.
  #awaited: { from: Place; to: Place; isCertain: boolean } | undefined
  // Whether anything came since it was told where it begins.
  #hasStarted = false
  readonly marks: string[] = []

  /** `keys` are the identity and the origin of the reader, whose events it does not get. */
  constructor(chronicle: Chronicle, channel: string, keys: readonly string[], isCoalesced: boolean) {
    this.#chronicle = chronicle
    this.#channel = channel
    this.#keys = keys
    this.#isCoalesced = isCoalesced
  }

  get at(): Place | undefined {
    return this.#at
  }

  /**
   * It follows from a place on: `fresh`, or after a loss. `asked` is the head when it was asked for. What another response has
   * brought already, up to `seen`, is not looked at again.
   */
  start(cursor: Place, asked: Place, seen?: Place): void {
    this.marks.push(`start ${cursor.seq}`)
    this.#at = latest(cursor, seen)
    this.#hasStarted = false
    this.#isLost = false
    this.#owed.clear()
    this.#await(cursor, asked)
    // It had the last event there too, and may go on from there.
    if (seen) this.excuse()
  }

  /** It goes on from a place, whatever was before it. */
  restart(place: Place): void {
    this.end('again')
    this.#at = place
  }

  /** It goes on from before the place where it was told that it begins: what is between may come after all. */
  rewind(place: Place): void {
    if (this.#hasStarted || !this.#at || !isAfter(this.#at, place)) return
    this.#at = place
  }

  /** The reader has all up to there, and what follows comes after it. */
  reach(place: Place): void {
    if (!this.#isLost) this.#expectUpTo(place)
    this.#at = latest(place, this.#at)
    this.#isLost = false
  }

  /** Events were lost. The last one that is kept may follow. */
  lose(place: Place | undefined): void {
    this.marks.push(`reset ${place?.seq ?? ''}`)
    const at = this.#at
    // It may have had that from another response.
    this.#awaited = at && { from: { ...at, seq: 0 }, to: this.#chronicle.head, isCertain: false }
    this.#owed.clear()
    this.#isLost ||= place === undefined
    if (place) this.#at = latest(place, this.#at)
  }

  /** Its reader may not have it any more: nothing of before counts. */
  end(mark: string): void {
    this.marks.push(mark)
    this.#at = undefined
    this.#isLost = false
    this.#awaited = undefined
    this.#owed.clear()
  }

  /** Whether something was published up to a place that it was not given. */
  hasMissed(place: Place): boolean {
    return this.#missingUpTo(place).length > 0
  }

  /** It may miss the last event, which was lost with others. */
  excuse(): void {
    this.#awaited &&= { ...this.#awaited, isCertain: false }
  }

  /** Takes an event without an id: that can only be the retained one. */
  retained({ n }: Payload): void {
    this.marks.push(`last ${n}`)
    const event = this.#find(n)
    const awaited = this.#awaited
    if (!awaited || !event?.retains || isAfter(awaited.from, event) || isAfter(event, awaited.to))
      this.#fail(`got ${n} as the last event`)
    this.#awaited = undefined
  }

  /** Takes an event with its id. */
  take({ n }: Payload, place: Place): void {
    this.marks.push(`${n}@${place.seq}`)
    const event = this.#find(n)
    if (!event || event.life !== place.life || event.seq !== place.seq) this.#fail(`got ${n} with a wrong id`)
    if (!this.#at) this.#fail(`got ${n} of a channel that it does not have`)
    if (!isAfter(event, this.#at)) this.#fail(`got ${n} twice, or late`)
    if (!this.#isVisible(event)) this.#fail(`got ${n}, which excludes it`)
    this.expectRetained()
    if (!this.#isLost) this.#expectUpTo({ life: event.life, seq: event.seq - 1 })
    this.#at = event
    this.#hasStarted = true
    this.#isLost = false
    this.#awaited = undefined
    const owed = this.#owed.get(event.key)
    if (owed && isAfter(event, owed)) this.#owed.delete(event.key)
  }

  /** Is told that the channel is over. */
  finish(): void {
    this.marks.push('over')
    const at = this.#at
    if (!at || this.#isLost) return
    const events = this.#chronicle.of(this.#channel)
    const last = events.findLastIndex((event) => !isAfter(event, at))
    const next = events.findIndex((event) => isAfter(event, at) && this.#isVisible(event))
    const between = events.slice(Math.max(last, 0), next < 0 ? undefined : next)
    if (!between.some(({ isTerminal }) => isTerminal)) this.#fail('was told of an end that is none')
  }

  /** Has what was published up to now. */
  expectAll(): void {
    if (this.#at && !this.#isLost) this.#expectUpTo(this.#chronicle.head)
    if (this.#owed.size > 0) this.#fail(`was given nothing for what gave way`)
    this.expectRetained()
  }

  /** Something came after what was lost. */
  expectFound(): void {
    if (this.#isLost) this.#fail('heard nothing after a reset')
  }

  /** Has been given the retained event, if there was one. */
  expectRetained(): void {
    if (this.#awaited?.isCertain) this.#fail('was not given the last event')
  }

  #await(cursor: Place, asked: Place): void {
    const events = this.#chronicle.of(this.#channel).filter(({ life }) => life === cursor.life)
    const before = events.findLastIndex((event) => !isAfter(event, asked))
    const candidates = events.slice(Math.max(before, 0))
    const isLast = (event: Published) => event.retains && !isAfter(event, cursor)
    const [from] = candidates
    const isCertain = before >= 0 && candidates.every((event) => isLast(event) && this.#isVisible(event))
    this.#awaited = from && candidates.some(isLast) ? { from, to: cursor, isCertain } : undefined
  }

  #expectUpTo(place: Place): void {
    for (const event of this.#missingUpTo(place)) {
      if (!this.#isCoalesced) this.#fail(`missed ${event.n}`)
      const hasSuccessor = this.#chronicle
        .of(this.#channel)
        .some((later) => isAfter(later, event) && later.key === event.key && this.#isVisible(later))
      if (!hasSuccessor) this.#fail(`missed ${event.n}, which had no successor`)
      this.#owed.set(event.key, event)
    }
    this.#at = latest(place, this.#at)
  }

  #missingUpTo(place: Place): Published[] {
    const at = this.#at
    if (!at || !isAfter(place, at)) return []
    return this.#chronicle
      .of(this.#channel)
      .filter((event) => isAfter(event, at) && !isAfter(event, place) && this.#isVisible(event))
  }

  #find(n: number): Published | undefined {
    return this.#chronicle.of(this.#channel).find((event) => event.n === n)
  }

  #isVisible({ except }: Published): boolean {
    return !except.some((key) => this.#keys.includes(key))
  }

  #fail(what: string): never {
    throw new Error(`A reader of ${this.#channel} ${what}: ${this.marks.join(', ')}.`)
  }
}
