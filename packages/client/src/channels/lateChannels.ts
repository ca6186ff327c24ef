import { MAX_TIMEOUT } from '../backoff.ts'
import type { Channel } from './channel.ts'
import type { ChannelSet } from './channelSet.ts'

/** Notices channels of which the hub says nothing for too long, though the connection stands. */
export class LateChannels {
  readonly #channels: ChannelSet
  /** After how long they are late, in milliseconds. */
  readonly #after: number
  readonly #onLate: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(channels: ChannelSet, after: number, onLate: () => void) {
    this.#channels = channels
    this.#after = Math.min(after, MAX_TIMEOUT)
    this.#onLate = onLate
  }

  /** Whether a channel has waited for too long by now. */
  has({ phase, waitingSince }: Channel): boolean {
    return phase === 'joining' && Date.now() - waitingSince >= this.#after
  }

  /** Some may wait from now on. */
  watch(delay: number = this.#after): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#onLate()
      const waiting = this.#channels.all().filter((one) => one.phase === 'joining' && !this.has(one))
      if (waiting.length === 0) return
      const since = waiting.reduce((least, one) => Math.min(least, one.waitingSince), Infinity)
      this.watch(since + this.#after - Date.now())
    }, delay)
  }

  /** There is nothing to wait for. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
