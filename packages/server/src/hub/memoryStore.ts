import type { LogDraft, LogEntry } from './log.ts'
import { type KeptEntry, MemoryChannel } from './memoryChannel.ts'
import { MemoryList } from './memoryList.ts'

/** What an event takes beside its payload, about, in bytes. */
const ENTRY_SIZE = 256

/** All that the memory log keeps: bounded per channel, in total, and in the number of channels. */
export class MemoryStore {
  /** The seq of the last event. */
  seq = 0
  /** At least every seq of every channel that was forgotten. */
  floor = 0
  readonly #maxBytes: number
  readonly #maxIdleChannels: number
  readonly #channels = new Map<string, MemoryChannel>()
  // Those that nothing is kept of and nobody follows. The oldest is the first to be forgotten.
  readonly #idle = new MemoryList<MemoryChannel>()
  // Where room is short, what is only history goes before the last events that are retained.
  readonly #history = new MemoryList<KeptEntry>()
  readonly #retained = new MemoryList<KeptEntry>()
  #bytes = 0
  #patrolled: KeptEntry | undefined

  constructor(maxBytes: number, maxIdleChannels: number) {
    this.#maxBytes = maxBytes
    this.#maxIdleChannels = maxIdleChannels
  }

  /** Adds an event to its channel. */
  add({ channel: name, event, data, except, isTerminal, retention }: LogDraft, now: number): LogEntry {
    const channel = this.#open(name)
    const entry = { seq: ++this.seq, prev: channel.lastSeq, channel: channel.name, event, data, except, isTerminal }
    channel.lastSeq = entry.seq
    const { newest } = channel
    if (newest?.list === this.#retained) this.#history.push(newest)
    const kept = { entry, time: now, channel, list: undefined, older: undefined, newer: undefined }
    channel.push(kept, retention)
    ;(retention.last ? this.#retained : this.#history).push(kept)
    this.#bytes += sizeOf(entry)
    this.#evict(channel, now)
    this.#makeRoom()
    this.#rank(channel)
    this.#patrol(now)
    return entry
  }

  /** Returns what is known of a channel, without what is past its age. */
  find(name: string, now: number): MemoryChannel | undefined {
    const channel = this.#channels.get(name)
    if (channel) this.#evict(channel, now)
    return channel
  }

  /** Remembers a channel as long as somebody follows it. */
  hold(name: string): void {
    const channel = this.#open(name)
    channel.followers += 1
    this.#rank(channel)
  }

  /** Undoes one `hold`. */
  release(name: string): void {
    const channel = this.#open(name)
    channel.followers -= 1
    this.#rank(channel)
  }

  #open(name: string): MemoryChannel {
    const known = this.#channels.get(name)
    if (known) return known
    // Whether it was forgotten or never was, no event of it is above the floor.
    const channel = new MemoryChannel(name, this.floor)
    this.#channels.set(name, channel)
    return channel
  }

  #evict(channel: MemoryChannel, now: number): void {
    while (channel.isOver(now)) this.#drop(channel)
  }

  #makeRoom(): void {
    while (this.#bytes > this.#maxBytes) {
      const victim = this.#history.oldest ?? this.#retained.oldest
      if (!victim) return
      this.#drop(victim.channel)
    }
  }

  // With every event one other is looked at, so that channels where nothing happens lose what is past its age.
  #patrol(now: number): void {
    const kept = this.#patrolled ?? this.#history.oldest
    this.#patrolled = kept?.newer
    if (kept) this.#evict(kept.channel, now)
  }

  #drop(channel: MemoryChannel): void {
    const kept = channel.shift()
    if (!kept) return
    if (kept === this.#patrolled) this.#patrolled = kept.newer
    kept.list?.remove(kept)
    this.#bytes -= sizeOf(kept.entry)
    this.#rank(channel)
  }

  #rank(channel: MemoryChannel): void {
    if (channel.size > 0 || channel.followers > 0) return this.#idle.remove(channel)
    this.#idle.push(channel)
    while (this.#idle.size > this.#maxIdleChannels && this.#idle.oldest) this.#forget(this.#idle.oldest)
  }

  #forget(channel: MemoryChannel): void {
    this.#idle.remove(channel)
    this.#channels.delete(channel.name)
    this.floor = Math.max(this.floor, channel.lastSeq)
  }
}

function sizeOf({ data }: LogEntry): number {
  return data.length + ENTRY_SIZE
}
