import { SharedText } from '../sharedText.ts'
import type { EventFrame } from './eventFrame.ts'

/** With fewer empty places than that, it is not worth closing up. */
const MIN_EMPTY = 32

/** What stands in the place of a frame that gave way. */
const GONE = new SharedText('')

/** What waits to leave. */
export interface WaitingFrame {
  text: SharedText
  /** The event that it is; undefined for what is none, or does not give way. */
  frame: EventFrame | undefined
  /** It gives way to the next one with the same key. */
  readonly key: string | undefined
  /** Whether it is what the hub itself says, and no event. */
  readonly isSaid: boolean
}

/** Frames in the order in which they are to leave. One of them is removed by its key as quickly as it was added. */
export class WaitingFrames {
  #places: WaitingFrame[] = []
  #empty = 0
  #size = 0
  #saidSize = 0
  /** Made where there are keys: most connections have none. */
  #byKey: Map<string, WaitingFrame> | undefined

  /** How much they are, in bytes. */
  get size(): number {
    return this.#size
  }

  /** How much of that the hub says, in bytes. */
  get saidSize(): number {
    return this.#saidSize
  }

  get isEmpty(): boolean {
    return this.#places.length === this.#empty
  }

  /** How many places are held, those of frames that gave way too: less than twice as many as there are frames, or few. */
  get placeCount(): number {
    return this.#places.length
  }

  /** Adds a frame at the tail: from then on it is in these hands alone. None with the same key may be there. */
  add(waiting: WaitingFrame): void {
    this.#places.push(waiting)
    this.#count(waiting, 1)
    if (waiting.key === undefined) return
    this.#byKey ??= new Map()
    this.#byKey.set(waiting.key, waiting)
  }

  /** Removes the frame with a key. Returns it, if there was one. */
  remove(key: string): WaitingFrame | undefined {
    const waiting = this.#byKey?.get(key)
    if (!waiting) return undefined
    this.#forget(waiting)
    const removed = { ...waiting }
    // What waits behind it keeps its place, and it holds nothing.
    waiting.text = GONE
    waiting.frame = undefined
    this.#empty++
    if (this.#empty > MIN_EMPTY && this.#empty * 2 > this.#places.length) this.#closeUp()
    return removed
  }

  /** Takes frames from the head: as many as hold no more than so many characters, and one at least. */
  take(maxLength: number): SharedText[] {
    const taken: SharedText[] = []
    let length = 0
    let count = 0
    for (const waiting of this.#places) {
      const { text } = waiting
      if (text === GONE) this.#empty--
      else {
        length += text.text.length
        if (taken.length > 0 && length > maxLength) break
        taken.push(text)
        this.#forget(waiting)
      }
      count++
    }
    this.#places.splice(0, count)
    return taken
  }

  clear(): void {
    this.#places = []
    this.#empty = 0
    this.#size = 0
    this.#saidSize = 0
    this.#byKey = undefined
  }

  #forget(waiting: WaitingFrame): void {
    this.#count(waiting, -1)
    if (waiting.key !== undefined) this.#byKey?.delete(waiting.key)
  }

  #count({ text, isSaid }: WaitingFrame, sign: 1 | -1): void {
    const { byteLength } = text.bytes
    this.#size += sign * byteLength
    if (isSaid) this.#saidSize += sign * byteLength
  }

  #closeUp(): void {
    this.#places = this.#places.filter(({ text }) => text !== GONE)
    this.#empty = 0
  }
}
