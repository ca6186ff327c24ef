import { SSEError } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import { expectKnown, type Known } from '../expectKnown.ts'
import type { LogDraft, LogEntry, LogFeed, LogHead, LogListener, LogPage, SSELog } from './log.ts'
import { logEpoch } from './logEpoch.ts'
import type { MemoryChannel } from './memoryChannel.ts'
import { MemoryFeed } from './memoryFeed.ts'
import { MemoryKeys } from './memoryKeys.ts'
import { mergeChannels } from './memoryMerge.ts'
import { MemoryStore } from './memoryStore.ts'

/** The options of {@link createMemoryLog}. */
export interface MemoryLogOptions {
  /**
   * The most bytes that are kept over all channels: an event counts with its payload, in UTF-16 units, and with 256 for
   * itself. Above it the oldest events go first, and last events that are retained go last of all. Whoever comes back for
   * one that is gone is told of a gap.
   *
   * @default 67_108_864
   */
  maxBytes?: number | undefined
  /**
   * The most channels that are remembered although nothing of them is kept and nobody follows them, at about 250 bytes
   * each. Whoever comes back from before the last event of one that is forgotten is told of a gap, and so is whoever comes
   * back from that far to a channel without events.
   *
   * @default 100_000
   */
  maxIdleChannels?: number | undefined
  /** Tells the time in milliseconds, by a clock that never goes back. @default performance.now */
  now?: (() => number) | undefined
}

const OPTIONS: Known<MemoryLogOptions> = { maxBytes: true, maxIdleChannels: true, now: true }

type Appended = Awaited<ReturnType<SSELog['append']>>

/**
 * Creates a log in the memory of this process: what is published reaches the readers of this process, and is gone with it.
 * An append takes effect before it returns, its feeds included. There are no timers: what is past its age is never read,
 * and its memory is freed by later appends.
 *
 * @throws TypeError for an option that makes no sense.
 */
export function createMemoryLog(options: MemoryLogOptions = {}): SSELog {
  expectKnown('the options of a memory log', options, OPTIONS)
  return new MemoryLog(options)
}

class MemoryLog implements SSELog {
  readonly #epoch = logEpoch()
  readonly #now: () => number
  readonly #store: MemoryStore
  readonly #keys = new MemoryKeys<Appended>()
  readonly #feeds = new Set<MemoryFeed>()
  #undelivered: (readonly LogEntry[])[] = []
  #isClosed = false

  constructor({ maxBytes = 64 * 1024 * 1024, maxIdleChannels = 100_000, now }: MemoryLogOptions) {
    if (!(maxBytes >= 0)) throw unexpected('maxBytes', 'a number of bytes from 0', maxBytes)
    if (!(maxIdleChannels >= 0)) throw unexpected('maxIdleChannels', 'a number of channels from 0', maxIdleChannels)
    if (now !== undefined && typeof now !== 'function') {
      throw unexpected('now', 'a function that returns milliseconds, such as `() => performance.now()`', now)
    }
    this.#store = new MemoryStore(maxBytes, maxIdleChannels)
    this.#now = now ?? (() => performance.now())
  }

  async append(drafts: readonly LogDraft[], key?: string): Promise<Appended> {
    this.#expectOpen()
    const now = this.#now()
    const known = key === undefined ? undefined : this.#keys.get(key, now)
    if (known) return known
    const entries = drafts.map((draft) => this.#store.add(draft, now))
    const appended = { epoch: this.#epoch, seqs: entries.map(({ seq }) => seq) }
    if (key !== undefined) this.#keys.set(key, appended, now)
    this.#deliver(entries)
    return appended
  }

  async head(): Promise<LogHead> {
    this.#expectOpen()
    return { epoch: this.#epoch, seq: this.#store.seq }
  }

  async read(after: ReadonlyMap<string, number>, limit: number): Promise<LogPage> {
    this.#expectOpen()
    const now = this.#now()
    const gaps = new Set<string>()
    const starts: [channel: MemoryChannel, index: number][] = []
    for (const [name, seq] of after) {
      const channel = this.#store.find(name, now)
      const index = channel?.indexAfter(seq) ?? 0
      const before = channel?.at(index)?.prev ?? channel?.lastSeq ?? this.#store.floor
      if (before > seq) gaps.add(name)
      else if (channel) starts.push([channel, index])
    }
    return { epoch: this.#epoch, gaps, ...mergeChannels(starts, Math.max(1, limit)) }
  }

  async last(channels: readonly string[]): Promise<readonly LogEntry[]> {
    this.#expectOpen()
    const now = this.#now()
    return [...new Set(channels)].flatMap((name) => this.#store.find(name, now)?.last ?? [])
  }

  attach(listener: LogListener): LogFeed {
    this.#expectOpen()
    const feed = new MemoryFeed(listener, this.#store, () => this.#feeds.delete(feed))
    this.#feeds.add(feed)
    return feed
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#feeds].map((feed) => feed.close()))
  }

  #deliver(entries: readonly LogEntry[]): void {
    // A listener that appends is heard when all have heard what it was told: else some would hear the answer first.
    if (this.#undelivered.push(entries) > 1) return
    for (const next of this.#undelivered) {
      for (const feed of this.#feeds) feed.offer(next)
    }
    this.#undelivered = []
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new SSEError('closed', 'The log has ended.')
  }
}

function unexpected(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}
