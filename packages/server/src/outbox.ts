import { SSEError } from '@tidewire/protocol'
import { markHandled } from './markHandled.ts'
import { nextTurn } from './nextTurn.ts'
import type { Sink } from './sink.ts'

/** A producer that waits is let go again below this many buffered characters. */
export const HIGH_WATER_MARK: number = 64 * 1024

/** The most sends that wait for room; each holds its frame. What they hold has the bound of the outbox, too. */
export const MAX_WAITING_SENDS = 1024

/** What a push returns that need not be waited for. */
export const READY: Promise<void> = Promise.resolve()
const encoder = new TextEncoder()

interface WaitingSend {
  frame: string
  size: number
  resolve: (value: void | Promise<void>) => void
  reject: (error: SSEError) => void
}

/** The frames that wait to leave one session: bounded, in order, one chunk per turn of the event loop. */
export class Outbox {
  readonly #sink: Sink
  readonly #maxSize: number
  // One growing string: the engine joins its pieces only once, when the chunk is encoded.
  #text = ''
  // How much of it was measured, and what that measures: bytes are counted only where they matter.
  #measured = { length: 0, bytes: 0 }
  #waiting: WaitingSend[] = []
  #waitingSize = 0
  #room: PromiseWithResolvers<void> | undefined
  #state: 'open' | 'ending' | 'ended' = 'open'
  #error: SSEError | undefined
  #isScheduled = false

  constructor(sink: Sink, maxSize: number) {
    this.#sink = sink
    this.#maxSize = maxSize
  }

  /** Whether the reader has yet to take what it was given before. */
  get isStalled(): boolean {
    return !this.#sink.ready
  }

  /** Takes a frame if it fits. */
  offer(frame: string): boolean {
    if (this.#state !== 'open' || this.#waiting.length > 0 || this.#isOver(frame)) return false
    this.#append(frame)
    return true
  }

  /**
   * Takes a frame, now or once it fits or is alone. Resolves below the high-water mark. Throws where it takes nothing:
   * `closed`, and `overflow` for a frame that would wait behind too many, or behind too much.
   */
  push(frame: string): Promise<void> {
    if (this.#state !== 'open') throw closedError()
    if (this.#waiting.length === 0 && this.#hasRoom(frame)) {
      this.#append(frame)
      return this.#roomForMore()
    }
    if (this.#waiting.length >= MAX_WAITING_SENDS || this.#waitingSize >= this.#maxSize) {
      throw new SSEError(
        'overflow',
        `Expected at most ${MAX_WAITING_SENDS} sends of ${this.#maxSize} bytes to wait. Await each one.`,
      )
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#wait({ frame, size: byteLength(frame), resolve, reject })
    return markHandled(promise)
  }

  /** Lets all that was taken leave, then `lastWords`, then ends: with an error as a response that was cut off. */
  end(lastWords: string, error?: SSEError): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    this.#error = error
    for (const { resolve } of this.#waiting) resolve()
    // Not joined with what waits: that may be longer than a string can be.
    this.#wait({ frame: lastWords, size: byteLength(lastWords), resolve() {}, reject() {} })
    this.#admit()
    this.wake()
  }

  /** Drops all that has not left, and ends. */
  abort(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#text = ''
    for (const { reject } of this.#waiting.splice(0)) reject(closedError())
    this.#room?.reject(closedError())
    this.#sink.end()
  }

  /** Lets the sink have, in this turn of the event loop, what is there. */
  wake(): void {
    if (this.#isScheduled || !this.#sink.ready || this.#isIdle()) return
    this.#isScheduled = true
    nextTurn(this.#flush)
  }

  readonly #flush = (): void => {
    this.#isScheduled = false
    if (this.#state === 'ended' || !this.#sink.ready) return
    const text = this.#text
    this.#text = ''
    this.#measured = { length: 0, bytes: 0 }
    if (text !== '') this.#sink.write(text)
    this.#admit()
    if (this.#state === 'ending' && this.#text === '' && this.#waiting.length === 0 && this.#sink.ready) {
      this.#state = 'ended'
      this.#sink.end(this.#error)
    }
  }

  #admit(): void {
    this.#room?.resolve()
    this.#room = undefined
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.frame); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#waitingSize -= next.size
      this.#append(next.frame)
      next.resolve(this.#roomForMore())
    }
  }

  #wait(send: WaitingSend): void {
    this.#waiting.push(send)
    this.#waitingSize += send.size
  }

  #append(frame: string): void {
    this.#text += frame
    this.wake()
  }

  #isIdle(): boolean {
    return this.#text === '' && this.#waiting.length === 0 && this.#state !== 'ending'
  }

  #isOver(frame: string): boolean {
    const room = this.#maxSize - this.#sink.bufferedSize
    // A UTF-16 unit takes three bytes at most, and as a rule that settles it.
    if ((this.#text.length + frame.length) * 3 <= room) return false
    return this.#measure() + byteLength(frame) > room
  }

  #measure(): number {
    const { length, bytes } = this.#measured
    this.#measured = { length: this.#text.length, bytes: bytes + byteLength(this.#text.slice(length)) }
    return this.#measured.bytes
  }

  // A frame that is larger than the whole buffer goes alone, or it would wait for ever.
  #hasRoom(frame: string): boolean {
    return !this.#isOver(frame) || (this.#text === '' && this.#sink.ready)
  }

  #roomForMore(): Promise<void> {
    if (this.#text.length < HIGH_WATER_MARK) return READY
    this.#room ??= Promise.withResolvers<void>()
    return markHandled(this.#room.promise)
  }
}

function byteLength(text: string): number {
  return encoder.encode(text).byteLength
}

function closedError(): SSEError {
  return new SSEError('closed', 'The session has ended.')
}
