import type { Exclusion } from './exclusion.ts'

/**
 * What a channel keeps for readers that come back: always its newest events, without a hole among them. An event that
 * cannot be kept takes along what was before it.
 */
export interface Retention {
  /** The most events. */
  readonly maxEvents: number
  /** The most payload, in UTF-16 units of its JSON. */
  readonly maxBytes: number
  /** How long an event is kept, in milliseconds. */
  readonly maxAge: number
  /** Whether the last event is kept for readers that come late, however old and large it is. */
  readonly last: boolean
}

/** An event on its way into the log. */
export interface LogDraft {
  readonly channel: string
  readonly event: string
  /** The payload as JSON. */
  readonly data: string
  /** The readers that do not get it. It has a JSON form. */
  readonly except?: readonly Exclusion[] | undefined
  /** Whether the channel is over with it. As the last event it is kept for an hour at least, whatever the retention. */
  readonly isTerminal?: boolean | undefined
  /** What the channel keeps from now on. */
  readonly retention: Retention
}

/** An event in the log. */
export interface LogEntry {
  /** Its place in the order of all events of the log. */
  readonly seq: number
  /**
   * The seq of the event before it in its channel; 0 for none. Where that was forgotten, a seq between it and this one,
   * so that a reader may be told of a gap that is none, and never the other way round.
   */
  readonly prev: number
  readonly channel: string
  readonly event: string
  readonly data: string
  readonly except?: readonly Exclusion[] | undefined
  readonly isTerminal?: boolean | undefined
}

/** Where the log stands. */
export interface LogHead {
  /** The life of the log; a new one begins whenever a seq may have been lost or used twice. */
  readonly epoch: string
  /** The seq of its last event; 0 for none. */
  readonly seq: number
}

/** What came after some positions. */
export interface LogPage {
  readonly epoch: string
  /**
   * In the order of seq, and all of the channels that have no gap up to the last of them: from its seq on, or from a
   * position beyond it, each such channel is read on.
   */
  readonly entries: readonly LogEntry[]
  /** The channels of which an event after the position is gone, by rule 8.2 of the protocol. Nothing of them is in `entries`. */
  readonly gaps: ReadonlySet<string>
  /** Whether there was nothing more to read. */
  readonly isEnd: boolean
}

/** What a process hears of the log while it is attached to it. Called in the order of seq, never after `close`. */
export interface LogListener {
  /** Events of channels that the feed follows, each once, whoever published them. */
  onEntries(entries: readonly LogEntry[]): void
  /**
   * Events of the channels that the feed follows may be missing up to here, since it was cut off say: what came since has
   * to be read.
   */
  onLapse(): void
  /** A new life of the log has begun: no position counts any more. */
  onEpoch(epoch: string): void
  /** A failure in the background, that the feed is getting over. */
  onError(error: unknown): void
}

/** One process's live feed. */
export interface LogFeed {
  /** Follows channels too. Resolves when every event that is appended from then on will be heard; some may be heard before. */
  follow(channels: readonly string[]): Promise<void>
  /** Follows channels no longer: nothing more of them is heard. */
  unfollow(channels: readonly string[]): void
  /** Ends the feed. Idempotent. */
  close(): Promise<void>
}

/**
 * The log behind a hub: an ordered record of events, and its live feed.
 *
 * What implements it MUST
 * - give every append seqs above all that it has given before, in the order of its drafts, as one step: nothing comes
 *   between, and either all drafts of it are in the log or none is;
 * - name in `prev` the seq of the channel's last event, also where that is no longer kept, unless nothing of the channel is
 *   kept and no feed follows it: then it may forget the channel, and remembers a floor, at least every seq that it forgot;
 * - feed the listener in the order of seq, or call `onLapse`;
 * - append once for each key within its window, whatever was answered meanwhile: again, the answer is the first one's;
 * - measure ages by a clock that never goes back;
 * - after `close` reject, and throw from `attach`, an `SSEError` with the code `closed`.
 */
export interface SSELog {
  /**
   * Appends events and publishes them. Resolves with the epoch and each draft's seq; rejects with an `SSEError`: `publish`
   * where nothing was appended, `unknown-outcome` where nobody knows; a second try with the same `key` is safe.
   */
  append(drafts: readonly LogDraft[], key?: string): Promise<{ epoch: string; seqs: readonly number[] }>
  /** Tells where the log stands: at least at what was appended before the call. */
  head(): Promise<LogHead>
  /** Reads what came in channels after a seq of each, at most about `limit` events at a time: one at least, if there is one. */
  read(after: ReadonlyMap<string, number>, limit: number): Promise<LogPage>
  /** The last event of each channel: of those that retain it, and of those that are over. */
  last(channels: readonly string[]): Promise<readonly LogEntry[]>
  /** Begins a live feed. */
  attach(listener: LogListener): LogFeed
  /** Ends the log and its feeds. Idempotent. */
  close(): Promise<void>
}
