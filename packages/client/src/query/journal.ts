import { hasReached, isBeyond } from '../channels/position.ts'
import type { SSEMessage } from '../types.ts'

/** How many events are kept of a channel, and how long their payloads may be together, in characters. */
const MAX_EVENTS = 2000
const MAX_SIZE = 4 * 1024 * 1024

let clock = 0

/** The next moment. No two are the same, as they may be by the clock on the wall. */
export function tick(): number {
  return ++clock
}

/** An event, and when it came. */
export interface JournalEntry {
  readonly event: SSEMessage
  readonly at: number
}

/** The last events of a channel: what a fetch may not hold yet. */
export class Journal {
  #entries: JournalEntry[] = []
  #size = 0
  /** Nothing is missing after this position; '' where that is not known. */
  #floor = ''
  /** Nothing is missing after this moment. */
  #since = Infinity

  /** Up to where the channel was told of; '' where that is not known. */
  get position(): string {
    return this.#entries.at(-1)?.event.id ?? this.#floor
  }

  /** The channel is whole from here on. What was kept until now may miss something. */
  begin(floor: string): void {
    this.#entries = []
    this.#size = 0
    this.#floor = floor
    this.#since = tick()
  }

  /** Nothing of it may be seen any more. */
  clear(): void {
    this.begin('')
    this.#since = Infinity
  }

  add(event: SSEMessage): JournalEntry {
    const entry = { event, at: tick() }
    this.#entries.push(entry)
    this.#size += event.text.length
    while (this.#entries.length > MAX_EVENTS || this.#size > MAX_SIZE) this.#forget()
    return entry
  }

  /** All that is kept, whatever came before it. */
  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** What came after a position; undefined where the journal does not reach back so far. */
  after(cursor: string): JournalEntry[] | undefined {
    if (!hasReached(cursor, this.#floor)) return undefined
    return this.#entries.filter(({ event }) => isBeyond(event.id, cursor))
  }

  /** Whether the journal reaches back to a moment. */
  reaches(time: number): boolean {
    return time >= this.#since
  }

  /** What came after a moment; undefined where the journal does not reach back so far. */
  afterTime(time: number): JournalEntry[] | undefined {
    if (!this.reaches(time)) return undefined
    return this.#entries.filter(({ at }) => at > time)
  }

  #forget(): void {
    const oldest = this.#entries.shift()
    if (!oldest) return
    this.#size -= oldest.event.text.length
    this.#floor = oldest.event.id
    this.#since = oldest.at
  }
}
