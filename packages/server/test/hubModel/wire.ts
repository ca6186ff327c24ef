import type { SharedText } from '../../src/sharedText.ts'
import type { Sink, Writer } from '../../src/sink.ts'

const encoder = new TextEncoder()

/** One response, whose bytes arrive when the model says so. */
export class Wire implements Sink {
  writer: Writer | undefined
  readonly #capacity: number
  #buffered: Uint8Array[] = []
  #isEnded = false
  readonly #closed = Promise.withResolvers<void>()

  /** It is not ready while it holds as many bytes as its capacity. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  get bufferedSize(): number {
    return this.#buffered.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  get ready(): boolean {
    return !this.#isEnded && this.bufferedSize < this.#capacity
  }

  /** Whether nothing more is to arrive. */
  get isOver(): boolean {
    return this.#isEnded && this.#buffered.length === 0
  }

  write(text: string): void {
    this.#push(encoder.encode(text))
  }

  writeShared(text: SharedText): void {
    this.#push(text.bytes)
  }

  end(): void {
    if (this.#isEnded) throw new Error('The response was ended twice.')
    this.#isEnded = true
  }

  cutOff(): void {
    this.#isEnded = true
    this.#buffered = []
  }

  /** Lets so many bytes arrive. */
  take(count: number): Uint8Array {
    const wasReady = this.ready
    const all = Buffer.concat(this.#buffered)
    const rest = all.subarray(count)
    this.#buffered = rest.byteLength > 0 ? [rest] : []
    if (!wasReady && this.ready) this.writer?.wake()
    return all.subarray(0, count)
  }

  /** The server learns that nobody is there any more. */
  close(): void {
    this.writer?.abort()
    this.cutOff()
    this.#closed.resolve()
  }

  #push(bytes: Uint8Array): void {
    if (!this.ready) throw new Error('A chunk was written to a response that was not ready.')
    this.#buffered.push(bytes)
  }
}
