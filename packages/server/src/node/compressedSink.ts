import type { ServerResponse } from 'node:http'
import type { SSEError } from '@tidewire/protocol'
import type { SharedText } from '../sharedText.ts'
import type { Sink } from '../sink.ts'
import { type Compressor, cutOffFlushed } from './compressor.ts'
import { cutOff, whenClosed } from './nodeResponse.ts'

/** Hands frames to the compressor of a node response, one write and one flush per turn, and no more than both drain. */
export class CompressedSink implements Sink {
  readonly #response: ServerResponse
  readonly #compressor: Compressor

  constructor(response: ServerResponse, compressor: Compressor) {
    this.#response = response
    this.#compressor = compressor
  }

  get closed(): Promise<void> {
    return whenClosed(this.#response)
  }

  get ready(): boolean {
    return !this.#compressor.writableNeedDrain && !this.#response.writableNeedDrain
  }

  get bufferedSize(): number {
    const { writableLength, readableLength } = this.#compressor
    return writableLength + readableLength + this.#response.writableLength
  }

  write(text: string): void {
    this.#compressor.write(text)
  }

  writeShared(text: SharedText): void {
    this.#compressor.write(text.bytes)
  }

  /** Does nothing: both streams know whether they have drained. */
  drain(): void {}

  end(error?: SSEError): void {
    // A response that has stalled would never come to its end.
    if (!this.ready) this.cutOff()
    else if (error) void cutOffFlushed(this.#compressor, this.#response)
    else this.#compressor.end()
  }

  cutOff(): void {
    cutOff(this.#response)
  }
}
