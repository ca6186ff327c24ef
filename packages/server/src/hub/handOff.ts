import type { LogEntry, LogHead, LogPage, SSELog } from './log.ts'

/** The most events that are read of the log at a time. */
const PAGE = 256

/** The most that is heard while the log is read, in events and in characters; beyond it, the log is read again. */
export const MAX_HEARD = 1024
const MAX_HEARD_SIZE = 1024 * 1024

/** Who is handed off: from what the log has to what the feed brings. */
export interface Receiver {
  /** Whether nothing more is wanted. */
  readonly isOver: boolean
  /** Takes the next event, in the order of seq. What it returns, if anything, is awaited before the next. */
  take(entry: LogEntry): Promise<void> | void
  /** Events of these channels are gone: of them only what comes after `upTo` follows. What it returns, if anything, is awaited. */
  lose(channels: ReadonlySet<string>, upTo: number): Promise<void> | void
  /** Has all that there is, and all of the log up to there: from this moment on it has to hear the feed by itself. */
  goLive(upTo: number): void
}

/**
 * Hands a receiver from the log over to the live feed without a gap and without a double: it reads up to a head that was
 * read after the feed was joined, and then takes what was heard since.
 */
export class HandOff {
  readonly #log: Pick<SSELog, 'head' | 'read'>
  readonly #receiver: Receiver
  readonly #maxHeard: number
  #heard: LogEntry[] = []
  #heardSize = 0
  #hasMissed = false

  constructor(log: Pick<SSELog, 'head' | 'read'>, receiver: Receiver, maxHeard: number = MAX_HEARD) {
    this.#log = log
    this.#receiver = receiver
    this.#maxHeard = maxHeard
  }

  /** Keeps an event of the feed for later. */
  hear(entry: LogEntry): void {
    if (this.#hasMissed) return
    this.#heard.push(entry)
    this.#heardSize += entry.data.length
    if (this.#heard.length > this.#maxHeard || this.#heardSize > MAX_HEARD_SIZE) this.miss()
  }

  /** Is told that the feed may not have brought everything: the log is read again. */
  miss(): void {
    this.#hasMissed = true
    this.#heard = []
  }

  /**
   * Lets the receiver have what each channel brought after its position: `positions` end up where each then stands.
   * `first` may hold what was read of them already.
   *
   * Resolves with whether the receiver went live: not if it is over, or the log has begun a new life. Rejects with what the
   * log rejects with.
   */
  async run(positions: Map<string, number>, head: LogHead, first?: LogPage): Promise<boolean> {
    let page = first
    let upTo = head.seq
    while (await this.#replay(positions, { epoch: head.epoch, seq: upTo }, page)) {
      if (await this.#goOver(positions, upTo)) return true
      if (this.#receiver.isOver) return false
      page = undefined
      this.#hasMissed = false
      this.#heard = []
      this.#heardSize = 0
      const next = await this.#log.head()
      if (next.epoch !== head.epoch) return false
      upTo = next.seq
    }
    return false
  }

  /**
   * Lets the receiver take what was heard, and go live in the same moment: nothing is heard in between. Resolves with whether
   * it did, and not where something was missing, or it is over.
   */
  async #goOver(positions: Map<string, number>, upTo: number): Promise<boolean> {
    while (!this.#hasMissed && !this.#receiver.isOver) {
      const entry = this.#heard.shift()
      if (!entry) {
        this.#receiver.goLive(upTo)
        return true
      }
      this.#heardSize -= entry.data.length
      const position = positions.get(entry.channel)
      if (position === undefined || entry.seq <= position) continue
      if (entry.prev > position) return false
      positions.set(entry.channel, entry.seq)
      const room = this.#receiver.take(entry)
      if (room) await room
    }
    return false
  }

  async #replay(positions: Map<string, number>, head: LogHead, first: LogPage | undefined): Promise<boolean> {
    for (let page = first; ; page = undefined) {
      const behind = new Map([...positions].filter(([, seq]) => seq < head.seq))
      if (behind.size === 0) return true
      page ??= await this.#log.read(behind, PAGE)
      if (page.epoch !== head.epoch || this.#receiver.isOver) return false
      // Those that were given up meanwhile are nobody's loss.
      const gaps = new Set([...page.gaps].filter((channel) => positions.has(channel)))
      if (gaps.size > 0) {
        for (const channel of gaps) positions.set(channel, head.seq)
        await this.#receiver.lose(gaps, head.seq)
        if (this.#receiver.isOver) return false
      }
      for (const entry of page.entries) {
        // What came after the head was heard.
        if (entry.seq > head.seq) break
        if (!positions.has(entry.channel)) continue
        const room = this.#receiver.take(entry)
        if (room) await room
        if (this.#receiver.isOver) return false
      }
      const last = page.entries.at(-1)?.seq ?? 0
      const reached = page.isEnd || last > head.seq ? head.seq : last
      for (const channel of behind.keys()) {
        if (positions.has(channel)) positions.set(channel, Math.max(reached, positions.get(channel) ?? 0))
      }
    }
  }
}
