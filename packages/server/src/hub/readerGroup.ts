import { nextTurn } from '../nextTurn.ts'
import type { Connection } from './connection.ts'
import type { EventFrame, FrameForm } from './eventFrame.ts'
import type { HubChannel } from './hubChannel.ts'
import { SharedText } from '../sharedText.ts'

/** The most text that a turn collects before it leaves, in characters. */
const MAX_PENDING = 256 * 1024

/**
 * The connections that follow the same channels in the same form. What a turn of the event loop brings them leaves as one
 * chunk, in the order of its ids, which is encoded once for all.
 */
export class ReaderGroup {
  readonly key: string
  readonly form: FrameForm
  readonly channels: readonly HubChannel[]
  readonly members: Set<Connection> = new Set()
  /** Those of them that have left some of the channels, and are yet to be moved. */
  readonly leaving: Set<Connection> = new Set()
  #pending: EventFrame[] = []
  #pendingSize = 0
  #excluded: Map<Connection, Set<EventFrame>> | undefined
  #isScheduled = false

  constructor(key: string, form: FrameForm, channels: readonly HubChannel[]) {
    this.key = key
    this.form = form
    this.channels = channels
  }

  /** Takes an event for all members but those that are excluded. Returns for how many. */
  add(frame: EventFrame, excluded: Iterable<Connection>): number {
    let count = this.members.size
    this.#pending.push(frame)
    // By its identity and by its origin, say: counted once.
    for (const connection of excluded) if (this.#exclude(connection, frame)) count--
    for (const connection of this.leaving) {
      if (!connection.isLive(frame.channel) && this.#exclude(connection, frame)) count--
    }
    this.#pendingSize += frame.entry.data.length
    if (this.#pendingSize > MAX_PENDING) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      nextTurn(this.#onTurn)
    }
    return count
  }

  /** Removes a member, which takes what is pending with it. */
  leave(connection: Connection): void {
    this.flush()
    this.members.delete(connection)
    this.leaving.delete(connection)
  }

  /** Lets the members have what is pending. */
  flush(): void {
    const frames = this.#pending
    const [first] = frames
    if (!first) return
    const excluded = this.#excluded
    this.#pending = []
    this.#pendingSize = 0
    this.#excluded = undefined
    const text = frames.length === 1 ? first.shared(this.form) : this.#join(frames)
    for (const member of this.members) {
      const skipped = excluded?.get(member)
      if (!skipped) member.take(frames, text)
      else member.takeEach(frames.filter((frame) => !skipped.has(frame)))
    }
  }

  /** Keeps a frame from a member. Returns whether that is new. */
  #exclude(connection: Connection, frame: EventFrame): boolean {
    if (!this.members.has(connection)) return false
    this.#excluded ??= new Map()
    const frames = this.#excluded.get(connection) ?? new Set()
    if (frames.has(frame)) return false
    this.#excluded.set(connection, frames.add(frame))
    return true
  }

  #join(frames: readonly EventFrame[]): SharedText {
    return new SharedText(frames.map((frame) => frame.shared(this.form).text).join(''))
  }

  readonly #onTurn = (): void => {
    this.#isScheduled = false
    this.flush()
  }
}
