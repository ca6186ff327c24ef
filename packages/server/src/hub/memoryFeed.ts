import { SSEError } from '@tidewire/protocol'
import type { LogEntry, LogFeed, LogListener } from './log.ts'
import type { MemoryStore } from './memoryStore.ts'

/** A feed of the memory log. */
export class MemoryFeed implements LogFeed {
  readonly #listener: LogListener
  readonly #store: MemoryStore
  readonly #onClose: () => void
  // Since when each channel is followed: an event that waits for its turn may be older.
  readonly #since = new Map<string, number>()
  #isClosed = false

  constructor(listener: LogListener, store: MemoryStore, onClose: () => void) {
    this.#listener = listener
    this.#store = store
    this.#onClose = onClose
  }

  async follow(channels: readonly string[]): Promise<void> {
    if (this.#isClosed) throw new SSEError('closed', 'The feed has ended.')
    for (const channel of channels) {
      if (this.#since.has(channel)) continue
      this.#since.set(channel, this.#store.seq)
      this.#store.hold(channel)
    }
  }

  unfollow(channels: readonly string[]): void {
    for (const channel of channels) {
      if (this.#since.delete(channel)) this.#store.release(channel)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.unfollow([...this.#since.keys()])
    this.#onClose()
  }

  /** Tells the listener what it follows of one append. */
  offer(entries: readonly LogEntry[]): void {
    const heard = entries.filter(({ channel, seq }) => seq > (this.#since.get(channel) ?? Infinity))
    if (heard.length === 0) return
    try {
      this.#listener.onEntries(heard)
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): void {
    try {
      this.#listener.onError(error)
    } catch (failure) {
      console.error(failure)
    }
  }
}
