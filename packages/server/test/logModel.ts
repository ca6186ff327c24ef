import type { LogDraft } from '../src/hub/log.ts'

interface Appended extends LogDraft {
  readonly seq: number
  readonly time: number
}

/** A log that keeps everything, and works out anew each time what another one would have kept. */
export class LogModel {
  time: number = 0
  /** What is followed, and what a feed that followed it has heard. */
  readonly followed: Set<string> = new Set<string>()
  readonly heard: number[] = []
  readonly #events: Appended[] = []

  /** The seq of the last event. */
  get seq(): number {
    return this.#events.length
  }

  append(drafts: readonly LogDraft[]): void {
    for (const draft of drafts) {
      this.#events.push({ ...draft, seq: this.seq + 1, time: this.time })
      if (this.followed.has(draft.channel)) this.heard.push(this.seq)
    }
  }

  /** All that came after the positions. */
  after(positions: readonly (readonly [channel: string, seq: number])[]): Appended[] {
    return this.#events.filter((event) => positions.some(([name, seq]) => event.channel === name && event.seq > seq))
  }

  /** The channels of which an event after the position is no longer kept. */
  gaps(positions: ReadonlyMap<string, number>): string[] {
    return [...positions]
      .filter((at) => this.after([at]).some((event) => !this.#kept(at[0]).includes(event)))
      .map(([name]) => name)
  }

  /** The channels that have no last event for late readers. */
  without(channels: readonly string[]): string[] {
    return channels.filter(
      (name) =>
        !this.#kept(name)
          .slice(-1)
          .some((event) => event.retention.last || event.isTerminal),
    )
  }

  /** What a channel keeps: of its newest events as many as fit. */
  #kept(name: string): Appended[] {
    const kept: Appended[] = []
    let bytes = 0
    for (const event of this.#events.filter(({ channel }) => channel === name).toReversed()) {
      const { maxEvents, maxBytes, maxAge, last } = event.retention
      bytes += event.data.length
      const isKept = kept.length < maxEvents && bytes <= maxBytes && this.time - event.time < maxAge
      const isLast = kept.length === 0 && (last || event.isTerminal)
      if (!isKept && !isLast) break
      kept.unshift(event)
    }
    return kept
  }
}
