import { formatPosition, type Position, type Verdict } from '@tidewire/protocol'
import { formatFrame } from '../formatSSE.ts'
import type { Connection } from './connection.ts'
import type { EventFrame } from './eventFrame.ts'
import { HandOff, type Receiver } from './handOff.ts'
import type { Hearer, HubChannel } from './hubChannel.ts'
import type { HubFeed } from './hubFeed.ts'
import type { HubMonitor } from './hubMonitor.ts'
import { LimitedLog } from './limitedLog.ts'
import type { LogEntry, LogHead, LogPage, SSELog } from './log.ts'
import type { ReaderBounds } from './readerBounds.ts'

/** What a join needs of its hub. */
export interface JoinHost {
  readonly log: SSELog
  readonly feed: HubFeed
  readonly monitor: HubMonitor
  readonly bounds: ReaderBounds
  /** Gives a channel to a reader. Returns below which seq its positions are void, as it has lost it since. PROTOCOL.md, 10.1. */
  grant(connection: Connection, channel: string, head: LogHead): number
  /** The frame of an event that is replayed: the same for all who get it. */
  frameOf(entry: LogEntry, epoch: string): EventFrame
}

/** The most events that are read of the log at a time. */
const PAGE = 256

/**
 * The feed of a reader that polls, which only gets what the log has: what is heard of a channel that others follow may be
 * beyond what it missed of one that nobody follows.
 */
const NO_FEED: Pick<HubFeed, 'epoch' | 'follow'> = { epoch: '', follow: async () => {} }

/** How long the log may take for each answer, in milliseconds: its reader waits for its first word meanwhile. */
const LOG_TIMEOUT = 10_000

/** What is known of channels before their replay. */
export interface Judgement {
  readonly head: LogHead
  readonly verdicts: ReadonlyMap<string, Verdict>
  /** Where the replay of each channel begins that is still wanted. */
  readonly positions: Map<string, number>
}

/** Says what becomes of channels: to a reader that opens, or to one that changes its set. */
export interface Announcer {
  /** Whether the ids of the replay move the connection's position. */
  readonly isOpening: boolean
  /** Says what was judged. */
  begin(judgement: Judgement, hasRetained: boolean): void
  /** Says that the retained events have all been sent. */
  endRetained(): void
  /** Called before each event, retained ones too, and each loss. */
  precede(): void
  /** Says that the channels have all that they published up to there. */
  finish(channels: readonly string[], upTo: Position): void
}

/** Brings channels of a connection to life: replays what its reader missed, and goes over to the feed without a gap. */
export class Join implements Hearer, Receiver {
  readonly #connection: Connection
  readonly #host: JoinHost
  readonly #announcer: Announcer
  // A channel that leaves the set meanwhile is taken out.
  readonly #channels: Map<string, HubChannel>
  readonly #since: ReadonlyMap<string, Position | undefined>
  readonly #log: LimitedLog
  readonly #handOff: HandOff
  /** The channels whose last event, so far, is a terminal one. */
  readonly #over = new Set<string>()
  #positions = new Map<string, number>()
  #head: LogHead = { epoch: '', seq: 0 }

  /** `since` holds the position of each channel; undefined for one that is fresh. */
  constructor(
    connection: Connection,
    channels: readonly HubChannel[],
    since: ReadonlyMap<string, Position | undefined>,
    announcer: Announcer,
    host: JoinHost,
  ) {
    this.#connection = connection
    this.#channels = new Map(channels.map((channel) => [channel.name, channel]))
    this.#since = since
    this.#announcer = announcer
    this.#host = host
    this.#log = new LimitedLog(host.log, LOG_TIMEOUT)
    this.#handOff = new HandOff(this.#log, this, host.bounds.maxHeard)
  }

  get isOver(): boolean {
    // A response that begins says so even where nothing is left to it.
    return this.#connection.isClosed || (this.#channels.size === 0 && !this.#announcer.isOpening)
  }

  hear(entry: LogEntry): void {
    this.#handOff.hear(entry)
  }

  miss(): void {
    this.#handOff.miss()
  }

  /**
   * Resolves when the channels are live, or nobody wants that any more. Rejects with what the log rejects with, or an
   * `SSEError` with the code `log` where it does not answer.
   */
  async run(): Promise<void> {
    const feed = this.#isPolling ? NO_FEED : this.#host.feed
    const log = this.#log
    if (!this.#isPolling) for (const channel of this.#channels.values()) channel.hearers.add(this)
    try {
      // First to hear all that is to come, then to see where it begins.
      await log.wait(() => feed.follow([...this.#channels.values()]))
      const head = await log.head()
      if (feed !== NO_FEED && head.epoch !== feed.epoch) throw new Error('The log has begun a new life.')
      const { judgement, page } = await this.#judge(head)
      const lasts = await log.last([...this.#channels.keys()])
      if (this.isOver) return
      for (const name of judgement.positions.keys()) {
        if (!this.#channels.has(name)) judgement.positions.delete(name)
      }
      this.#head = head
      this.#positions = judgement.positions
      const known = lasts.filter((entry) => entry.seq <= head.seq && this.#channels.has(entry.channel))
      await this.#begin(judgement, known)
      if (await this.#handOff.run(this.#positions, head, page)) return
      if (!this.isOver) throw new Error('The log has begun a new life.')
    } catch (error) {
      if (!this.isOver) throw error
    } finally {
      this.end()
    }
  }

  /** Takes channels out: their reader does not want them any more, or may not have them. */
  stop(names: Iterable<string>): void {
    for (const name of names) {
      this.#channels.get(name)?.hearers.delete(this)
      this.#channels.delete(name)
      this.#positions.delete(name)
    }
    if (this.isOver) this.#log.close()
  }

  /** Takes all channels out, and waits for nothing any more. Idempotent. */
  end(): void {
    this.stop([...this.#channels.keys()])
    this.#log.close()
  }

  take(entry: LogEntry): Promise<void> | void {
    if (entry.isTerminal) this.#over.add(entry.channel)
    else this.#over.delete(entry.channel)
    const connection = this.#connection
    if (connection.isExcluded(entry)) return
    this.#host.monitor.counters.replayed++
    this.#announcer.precede()
    if (this.#announcer.isOpening) connection.position = entry.seq
    return connection.replay(this.#host.frameOf(entry, this.#head.epoch).shared(connection.form))
  }

  async lose(channels: ReadonlySet<string>, upTo: number): Promise<void> {
    // Before the catch-up, it would be about what the channel was before.
    this.#announcer.precede()
    this.#connection.lose([...channels])
    for (const name of channels) this.#over.delete(name)
    // As for whoever is told so from the beginning: what came last may be among what is gone.
    const lasts = await this.#log.last([...channels])
    await this.#sendRetained(this.#note(lasts.filter(({ seq }) => seq <= upTo)))
  }

  goLive(replayed: number): void {
    if (this.#isPolling) return this.#endPoll(replayed)
    const channels = [...this.#channels.values()]
    const names = channels.map(({ name }) => name)
    const upTo = Math.max(replayed, this.#host.feed.delivered)
    this.stop(names)
    for (const channel of channels) channel.pass(upTo)
    this.#announcer.finish(names, { epoch: this.#head.epoch, seq: upTo })
    const over = names.filter((name) => this.#over.has(name))
    // Live for a moment, it would start its source, and show its readers somebody.
    this.#connection.goLive(
      names.filter((name) => !this.#over.has(name)),
      upTo,
    )
    if (over.length > 0) this.#connection.finish(over, upTo)
  }

  get #isPolling(): boolean {
    return this.#connection.reader.isPolling ?? false
  }

  /** Ends the response: all that there was is sent. PROTOCOL.md, 14. */
  #endPoll(seq: number): void {
    const connection = this.#connection
    const over = [...this.#channels.keys()].filter((name) => this.#over.has(name))
    this.end()
    if (seq > connection.position) {
      connection.position = seq
      connection.pushText(formatFrame({ id: formatPosition({ ...this.#head, seq }) }))
    }
    if (over.length > 0) connection.finish(over, seq)
    connection.end()
  }

  async #begin(judgement: Judgement, lasts: readonly LogEntry[]): Promise<void> {
    this.#host.monitor.onVerdicts(judgement.verdicts.values())
    const { verdicts } = judgement
    // Whoever resumes has had it, or gets it by the replay.
    const sent = this.#note(lasts).filter((entry) => verdicts.get(entry.channel) !== 'resumed')
    this.#announcer.begin(judgement, sent.length > 0)
    await this.#sendRetained(sent)
    this.#announcer.endRetained()
  }

  /** Notes whose last events end them. Returns those that are for this reader. */
  #note(lasts: readonly LogEntry[]): LogEntry[] {
    for (const { channel, isTerminal } of lasts) if (isTerminal) this.#over.add(channel)
    return lasts.filter((entry) => !this.#connection.isExcluded(entry))
  }

  // At the beginning, no id leaves until the last of them has.
  async #sendRetained(entries: readonly LogEntry[]): Promise<void> {
    const { form } = this.#connection
    for (const entry of entries) {
      // It may have left the set while others waited for room.
      if (this.isOver || !this.#channels.has(entry.channel)) continue
      this.#announcer.precede()
      const room = this.#connection.replay(this.#host.frameOf(entry, this.#head.epoch).unpositioned(form))
      if (room) await room
    }
  }

  async #judge(head: LogHead): Promise<{ judgement: Judgement; page: LogPage | undefined }> {
    const verdicts = new Map<string, Verdict>()
    const positions = new Map<string, number>()
    const resumable = new Map<string, number>()
    for (const name of this.#channels.keys()) {
      const since = this.#since.get(name)
      // A position beyond the head is one that this log never gave.
      const isKnown = since?.epoch === head.epoch && since.seq <= head.seq
      const isVoid = this.#host.grant(this.#connection, name, head) > (since?.seq ?? Infinity)
      const isResumed = isKnown && !isVoid
      // The answer to a change has no word for a position that is void, of which the reader may not know.
      const isReset = since && !(isVoid && this.#announcer.isOpening)
      verdicts.set(name, isResumed ? 'resumed' : isReset ? 'reset' : 'fresh')
      positions.set(name, isResumed ? since.seq : head.seq)
      if (isResumed && since.seq < head.seq) resumable.set(name, since.seq)
    }
    const judgement = { head, verdicts, positions }
    if (resumable.size === 0) return { judgement, page: undefined }
    const page = await this.#log.read(resumable, PAGE)
    for (const name of page.gaps) {
      verdicts.set(name, 'reset')
      positions.set(name, head.seq)
    }
    return { judgement, page: { ...page, gaps: new Set() } }
  }
}
