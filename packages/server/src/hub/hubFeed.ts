import { type CheckedFeed, FeedCheck } from './feedCheck.ts'
import { HandOff, type Receiver } from './handOff.ts'
import type { HubChannel } from './hubChannel.ts'
import type { LogEntry, LogFeed, LogListener, SSELog } from './log.ts'

/** Where the feed leads, and what it cannot get over by itself. */
export interface FeedTarget {
  /** Hands an event on to the channel's readers. */
  deliver(entry: LogEntry, channel: HubChannel): void
  /** Events of these channels up to there are gone. */
  lose(channels: ReadonlySet<string>, upTo: number): void
  /** Positions of before mean nothing any more. */
  restart(): void
  onError(error: unknown): void
}

/** What was missed is being read. */
interface Recovery {
  readonly handOff: HandOff
  /** Where each channel stands. */
  readonly positions: Map<string, number>
}

/**
 * The live feed of one hub: every event of the channels that it follows, once, in order. What the log's feed has missed is
 * read from the log before anything later is delivered.
 */
export class HubFeed implements LogListener, CheckedFeed {
  /** The life of the log. Known once a channel was followed. */
  epoch = ''
  /** The seq of the last event that was delivered. */
  delivered = 0
  /** The channels that it follows. */
  readonly channels: Map<string, HubChannel> = new Map()
  readonly #log: SSELog
  readonly #target: FeedTarget
  readonly #feed: LogFeed
  readonly #check: FeedCheck
  #recovery: Recovery | undefined
  #isClosed = false

  constructor(log: SSELog, target: FeedTarget) {
    this.#log = log
    this.#target = target
    this.#feed = log.attach(this)
    this.#check = new FeedCheck(log, this)
  }

  /** Follows channels. Resolves when all that is published on them from then on will be heard. */
  async follow(channels: readonly HubChannel[]): Promise<void> {
    const added = channels.filter(({ followed }) => !followed)
    if (added.length > 0) {
      const followed = this.#follow(added)
      for (const channel of added) channel.followed = followed
    }
    await Promise.all(channels.map(({ followed }) => followed))
  }

  /** Follows a channel no longer. */
  unfollow({ name }: HubChannel): void {
    if (!this.channels.delete(name)) return
    this.#recovery?.positions.delete(name)
    this.#feed.unfollow([name])
  }

  /** Whether what was missed is being read. */
  get isRecovering(): boolean {
    return this.#recovery !== undefined
  }

  /** Makes sure now and then that everything has come. To be called as long as there are readers, however often. */
  check(): void {
    this.#check.request()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#check.close()
    await this.#feed.close()
  }

  onEntries(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (this.#recovery) this.#recovery.handOff.hear(entry)
      else this.#take(entry)
    }
  }

  onLapse(): void {
    if (this.#recovery) this.#recovery.handOff.miss()
    else void this.#recover()
  }

  onEpoch(epoch: string): void {
    this.epoch = epoch
    this.delivered = 0
    this.#recovery = undefined
    this.#target.restart()
  }

  onError(error: unknown): void {
    this.#target.onError(error)
  }

  async #follow(channels: readonly HubChannel[]): Promise<void> {
    for (const channel of channels) this.channels.set(channel.name, channel)
    await this.#feed.follow(channels.map(({ name }) => name))
    const { epoch, seq } = await this.#log.head()
    this.epoch ||= epoch
    // The feed is yet to say so, and still brings what is of before.
    if (epoch !== this.epoch) throw new Error('The log has begun a new life.')
    for (const channel of channels) {
      // What comes of before that is not for them: who joins reads the log up to a later head.
      channel.seen = Math.max(seq, channel.seen ?? 0)
      if (this.channels.get(channel.name) === channel) this.#recovery?.positions.set(channel.name, channel.seen)
    }
  }

  #take(entry: LogEntry): void {
    const seen = this.channels.get(entry.channel)?.seen
    if (seen === undefined || entry.prev <= seen) return this.#deliver(entry)
    // The event before it never came.
    void this.#recover()
    this.#recovery?.handOff.hear(entry)
  }

  #deliver(entry: LogEntry): void {
    const channel = this.channels.get(entry.channel)
    if (!channel || entry.seq <= (channel.seen ?? 0)) return
    channel.seen = entry.seq
    this.delivered = Math.max(this.delivered, entry.seq)
    this.#target.deliver(entry, channel)
  }

  #lose(names: ReadonlySet<string>, upTo: number): void {
    for (const name of names) {
      const channel = this.channels.get(name)
      if (!channel) continue
      channel.seen = Math.max(upTo, channel.seen ?? 0)
      for (const hearer of channel.hearers) hearer.miss()
    }
    this.#target.lose(names, upTo)
  }

  async #recover(): Promise<void> {
    const isOver = () => this.#recovery !== recovery
    const receiver: Receiver = {
      get isOver() {
        return isOver()
      },
      take: (entry) => this.#deliver(entry),
      lose: (names, upTo) => this.#lose(names, upTo),
      goLive: () => {
        this.#recovery = undefined
      },
    }
    const recovery = { handOff: new HandOff(this.#log, receiver), positions: new Map<string, number>() }
    this.#recovery = recovery
    try {
      const head = await this.#log.head()
      for (const { name, seen } of this.channels.values()) if (seen !== undefined) recovery.positions.set(name, seen)
      if (head.epoch === this.epoch && (await recovery.handOff.run(recovery.positions, head))) return
    } catch (error) {
      if (!this.#isClosed) this.#target.onError(error)
    }
    if (isOver()) return
    this.#recovery = undefined
    if (!this.#isClosed) this.#target.restart()
  }
}
