import { nextTurn } from '../nextTurn.ts'
import type { SharedText } from '../sharedText.ts'
import type { Sink } from '../sink.ts'
import type { EventFrame, FrameForm } from './eventFrame.ts'
import type { ReaderBounds } from './readerBounds.ts'
import { type WaitingFrame, WaitingFrames } from './waitingFrames.ts'

/** The most text that leaves at once, in characters. */
const MAX_CHUNK = 256 * 1024

/** What a queue tells of a reader that is too slow. */
export interface SlowReader {
  /** Something would be lost that must not be. */
  onOverflow(): void
  /** An event was dropped. */
  onDrop(frame: EventFrame): void
  /** An event gave way to a newer one with its key. */
  onCoalesce(frame: EventFrame): void
  /** The queue is empty again, after events were dropped: it drops all more until {@link FrameQueue.recover}. */
  onDrained(): void
}

/**
 * The frames that wait to leave on one connection: in order, bounded in bytes, one chunk per turn of the event loop. A
 * frame is shared by all who wait for it, so that a stalled reader costs little more than references.
 */
export class FrameQueue {
  readonly #sink: Sink
  readonly #form: FrameForm
  readonly #bounds: ReaderBounds
  readonly #reader: SlowReader
  readonly #waiting = new WaitingFrames()
  #lost: Set<string> | undefined
  #room: PromiseWithResolvers<void> | undefined
  #isScheduled = false
  #state: 'open' | 'ending' | 'ended' = 'open'

  constructor(sink: Sink, form: FrameForm, bounds: ReaderBounds, reader: SlowReader) {
    this.#sink = sink
    this.#form = form
    this.#bounds = bounds
    this.#reader = reader
  }

  /** What waits here, and in the sink, in bytes. */
  get size(): number {
    return this.#waiting.size + this.#sink.bufferedSize
  }

  /** Whether what is given now leaves now. */
  get isClear(): boolean {
    return this.#state === 'open' && this.#lost === undefined && this.#isIdle
  }

  /** Lets a text leave at once. Only for a queue that is clear. */
  writeThrough(text: SharedText): void {
    this.#sink.writeShared(text)
  }

  /** Takes an event, or does what its channel wants where that is too much. */
  offer(frame: EventFrame): void {
    if (this.#state !== 'open') return
    if (this.#lost) return this.#lose(frame, this.#lost)
    const text = frame.shared(this.#form)
    const key = this.#isIdle ? undefined : frame.coalesceKey
    if (key !== undefined) this.#removeOlder(key)
    const isSmall = this.size + text.bytes.byteLength <= this.#bounds.maxSize
    if (this.#isIdle || isSmall) this.#add({ text, frame, key, isSaid: false })
    else this.#lose(frame, new Set())
  }

  /** Takes what the hub itself has to say, which is never dropped: what waits with the same key gives way, and at last the reader. */
  say(text: SharedText, key?: string): void {
    if (this.#state !== 'open') return
    if (key !== undefined) this.#removeOlder(key)
    const { saidSize } = this.#waiting
    const isSmall = saidSize + text.bytes.byteLength <= this.#bounds.maxSaidSize
    // The first word may be longer than all that may wait.
    if (saidSize === 0 || isSmall) this.#add({ text, frame: undefined, key, isSaid: true })
    else this.#reader.onOverflow()
  }

  /** Takes what waited for {@link FrameQueue.room}, or is the last word: one such text is always taken. */
  push(text: SharedText): void {
    if (this.#state === 'open') this.#add({ text, frame: undefined, key: undefined, isSaid: false })
  }

  /** Takes events again. Returns the channels of which some were dropped. */
  recover(): ReadonlySet<string> {
    const lost = this.#lost ?? new Set()
    this.#lost = undefined
    return lost
  }

  /** A channel is given up: what it has lost is not to be told. */
  forget(channel: string): void {
    this.#lost?.delete(channel)
  }

  /** Resolves once little enough waits, or the queue has ended; undefined where that is so already. */
  room(): Promise<void> | undefined {
    if (this.#state !== 'open' || this.#hasRoom) return undefined
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  /** Lets all that waits leave, then ends the response. */
  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    this.#admit()
    this.wake()
  }

  /** Drops all that waits and ends the response, at once. */
  abort(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#waiting.clear()
    this.#admit()
    this.#sink.end()
  }

  /** Lets the sink have, in this turn of the event loop, what waits. */
  wake(): void {
    if (this.#isScheduled || this.#state === 'ended' || !this.#sink.ready) return
    if (this.#waiting.isEmpty && this.#state === 'open' && !this.#lost && !this.#room) return
    this.#isScheduled = true
    nextTurn(this.#flush)
  }

  get #isIdle(): boolean {
    return this.#waiting.isEmpty && this.#sink.ready
  }

  // A sink that is ready does not say so again, however much it holds.
  get #hasRoom(): boolean {
    return this.#isIdle || this.size < this.#bounds.lowWaterMark
  }

  #removeOlder(key: string): void {
    const older = this.#waiting.remove(key)
    if (older?.frame) this.#reader.onCoalesce(older.frame)
  }

  #lose(frame: EventFrame, lost: Set<string>): void {
    if (frame.overflow !== 'drop') return this.#reader.onOverflow()
    this.#lost = lost.add(frame.channel)
    this.#reader.onDrop(frame)
  }

  #add(waiting: WaitingFrame): void {
    this.#waiting.add(waiting)
    this.wake()
  }

  readonly #flush = (): void => {
    this.#isScheduled = false
    if (this.#state === 'ended') return
    if (this.#sink.ready && !this.#waiting.isEmpty) this.#write()
    if (this.#hasRoom) this.#admit()
    if (!this.#isIdle) return this.wake()
    if (this.#state === 'ending') {
      this.#state = 'ended'
      this.#sink.end()
    } else if (this.#lost) {
      this.#reader.onDrained()
    }
  }

  #write(): void {
    const texts = this.#waiting.take(MAX_CHUNK)
    const [first] = texts
    if (first && texts.length === 1) this.#sink.writeShared(first)
    else this.#sink.write(texts.map(({ text }) => text).join(''))
  }

  #admit(): void {
    this.#room?.resolve()
    this.#room = undefined
  }
}
