import type { HubChannel } from './hubChannel.ts'
import { LimitedLog } from './limitedLog.ts'
import type { LogHead, SSELog } from './log.ts'

/** The least time between two checks, in milliseconds: what was published before it has had that long to come. */
const INTERVAL = 5_000

/** The most channels that the log is asked about at a time; the others have their turn at the next check. */
const MAX_CHANNELS = 1_000

/** How long the log may take for an answer, in milliseconds. */
const LOG_TIMEOUT = 10_000

/** A feed that is checked. */
export interface CheckedFeed {
  readonly epoch: string
  /** The channels that it follows. */
  readonly channels: Map<string, HubChannel>
  /** Whether it reads the log already. */
  readonly isRecovering: boolean
  /** Is told that events have not come. */
  onLapse(): void
  /** Is told that a new life of the log has begun. */
  onEpoch(epoch: string): void
  onError(error: unknown): void
}

/**
 * Compares what a feed has brought with the log, now and then: a message that is lost and is the last of its channel has no
 * successor that would show it. It costs one question about the head, and one about the channels that were quiet while others were not.
 */
export class FeedCheck {
  readonly #feed: CheckedFeed
  readonly #log: LimitedLog
  /** Where the log stood at the last check: all up to there should have come by the next. */
  #before: LogHead = { epoch: '', seq: 0 }
  #next = 0
  #isClosed = false

  constructor(log: SSELog, feed: CheckedFeed) {
    this.#log = new LimitedLog(log, LOG_TIMEOUT)
    this.#feed = feed
  }

  /** Checks, if it is time to. */
  request(): void {
    if (this.#isClosed || this.#feed.channels.size === 0 || performance.now() < this.#next) return
    this.#next = Infinity
    void this.#check().finally(() => {
      this.#next = performance.now() + INTERVAL
    })
  }

  close(): void {
    this.#isClosed = true
    this.#log.close()
  }

  async #check(): Promise<void> {
    const before = this.#before
    const { epoch } = this.#feed
    try {
      this.#before = await this.#log.head()
      if (this.#feed.epoch !== epoch || this.#feed.isRecovering) return
      // It was so the last time, too: the feed has missed that, and nobody could join any more.
      if (this.#before.epoch !== epoch && before.epoch === this.#before.epoch) this.#feed.onEpoch(before.epoch)
      else if (before.epoch === epoch && (await this.#isBehind(before))) this.#feed.onLapse()
    } catch (error) {
      if (!this.#isClosed) this.#feed.onError(error)
    }
  }

  /** Whether events up to a head have not come, as far as the log still knows. */
  async #isBehind({ epoch, seq }: LogHead): Promise<boolean> {
    const asked = this.#takeBehind(seq)
    if (asked.size === 0) return false
    const { entries, gaps, ...page } = await this.#log.read(asked, 1)
    const { channels, isRecovering } = this.#feed
    if (page.epoch !== epoch || this.#feed.epoch !== epoch || isRecovering) return false
    // What has come meanwhile is not missing.
    for (const name of gaps) if (channels.get(name)?.seen === asked.get(name)) return true
    const [next] = entries
    if (next && next.seq <= seq) return next.seq > (channels.get(next.channel)?.seen ?? Infinity)
    for (const name of asked.keys()) if (!gaps.has(name)) channels.get(name)?.skip(seq)
    return false
  }

  /** Takes channels whose last event may be missing, each with the seq of the last that has come. */
  #takeBehind(upTo: number): Map<string, number> {
    const { channels } = this.#feed
    const behind = new Map<string, number>()
    for (const [name, { seen }] of channels) {
      if (seen === undefined || seen >= upTo) continue
      behind.set(name, seen)
      if (behind.size === MAX_CHANNELS) break
    }
    // Those that were asked about are the last to be asked about again.
    if (behind.size === MAX_CHANNELS) {
      for (const name of behind.keys()) {
        const channel = channels.get(name)
        channels.delete(name)
        if (channel) channels.set(name, channel)
      }
    }
    return behind
  }
}
