import type { LogEntry, Retention } from './log.ts'
import type { Listed, MemoryList } from './memoryList.ts'

/** How long the end of a channel is kept for readers that come late, whatever its retention says, in milliseconds. */
export const TERMINAL_AGE = 3_600_000

/** An event that is kept. */
export interface KeptEntry extends Listed<KeptEntry> {
  readonly entry: LogEntry
  readonly time: number
  readonly channel: MemoryChannel
}

const NOTHING: Retention = { maxEvents: 0, maxBytes: 0, maxAge: 0, last: false }

/** What the memory log knows of a channel. What it keeps is always the newest of it, without a hole. */
export class MemoryChannel implements Listed<MemoryChannel> {
  list: MemoryList<MemoryChannel> | undefined = undefined
  older: MemoryChannel | undefined = undefined
  newer: MemoryChannel | undefined = undefined
  readonly name: string
  /** The seq of its last event, or one above it where that was forgotten. */
  lastSeq: number
  /** How many feeds follow it. */
  followers = 0
  #retention = NOTHING
  #bytes = 0
  // What is kept begins at `#start`: taking out the first by `shift` would move all the others.
  #kept: (KeptEntry | undefined)[] | undefined = undefined
  #start = 0

  constructor(name: string, lastSeq: number) {
    this.name = name
    this.lastSeq = lastSeq
  }

  /** How many events are kept. */
  get size(): number {
    return this.#kept ? this.#kept.length - this.#start : 0
  }

  /** The newest event, if it is kept. */
  get newest(): KeptEntry | undefined {
    return this.#kept?.at(-1)
  }

  /** The last event, for readers that come late. */
  get last(): LogEntry | undefined {
    const entry = this.newest?.entry
    return this.#retention.last || entry?.isTerminal === true ? entry : undefined
  }

  /** The event at a place among those that are kept. */
  at(index: number): LogEntry | undefined {
    return this.#kept?.[this.#start + index]?.entry
  }

  /** The place of the first event after a seq. */
  indexAfter(seq: number): number {
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.at(middle)?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Takes in its next event, by whose retention all are judged from now on. */
  push(kept: KeptEntry, retention: Retention): void {
    this.#retention = retention
    this.#bytes += kept.entry.data.length
    this.#kept ??= []
    this.#kept.push(kept)
  }

  /** Whether its oldest event has to go. */
  isOver(now: number): boolean {
    const oldest = this.#kept?.[this.#start]
    if (!oldest || (this.size === 1 && this.#isLastKept(now))) return false
    const { maxEvents, maxBytes, maxAge } = this.#retention
    return this.size > maxEvents || this.#bytes > maxBytes || oldest.time <= now - maxAge
  }

  /** Takes out its oldest event. */
  shift(): KeptEntry | undefined {
    const oldest = this.#kept?.[this.#start]
    if (!this.#kept || !oldest) return undefined
    this.#kept[this.#start] = undefined
    this.#start += 1
    this.#bytes -= oldest.entry.data.length
    if (this.#start === this.#kept.length) this.#kept = undefined
    else if (this.#start * 2 > this.#kept.length) this.#kept.splice(0, this.#start)
    else return oldest
    this.#start = 0
    return oldest
  }

  #isLastKept(now: number): boolean {
    if (this.#retention.last) return true
    const { newest } = this
    return newest?.entry.isTerminal === true && newest.time > now - TERMINAL_AGE
  }
}
