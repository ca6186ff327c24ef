import type { ServerResponse } from 'node:http'
import type { SSEError } from '@tidewire/protocol'
import type { Sink } from '../sink.ts'
import { cutOff, writeTo } from './nodeResponse.ts'

/** Hands frames to a node response, one write per turn, and no more than it drains. */
export class ResponseSink implements Sink {
  readonly closed: Promise<void>
  readonly #response: ServerResponse
  #isFull = false

  constructor(response: ServerResponse) {
    this.#response = response
    this.closed = new Promise((resolve) => response.once('close', resolve))
  }

  get ready(): boolean {
    return !this.#isFull
  }

  get bufferedSize(): number {
    return this.#response.writableLength
  }

  write(text: string): void {
    this.#isFull = !writeTo(this.#response, text)
  }

  /** Tells the sink that the response has drained. */
  drain(): void {
    this.#isFull = false
  }

  end(error?: SSEError): void {
    // A response that has stalled would never come to its end.
    if (this.#isFull) this.cutOff()
    // Node writes what it was given in this turn after it: destroying at once would lose that.
    else if (error) setImmediate(() => this.cutOff())
    else this.#response.end()
  }

  cutOff(): void {
    cutOff(this.#response)
  }
}
