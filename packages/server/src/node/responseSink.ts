import type { ServerResponse } from 'node:http'
import type { SSEError } from '@tidewire/protocol'
import type { Socket } from 'node:net'
import type { SharedText } from '../sharedText.ts'
import type { Sink } from '../sink.ts'
import { directSocket, toChunk } from './directSocket.ts'
import { cutOff, whenClosed, writeTo } from './nodeResponse.ts'

/** Hands frames to a node response, one write per turn, and no more than it drains. */
export class ResponseSink implements Sink {
  readonly #response: ServerResponse
  #isFull = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get closed(): Promise<void> {
    return whenClosed(this.#response)
  }

  get ready(): boolean {
    return !this.#isFull
  }

  get bufferedSize(): number {
    return this.#response.writableLength
  }

  write(text: string): void {
    const socket = directSocket(this.#response)
    this.#note(socket, socket ? socket.write(toChunk(text)) : writeTo(this.#response, text))
  }

  writeShared(text: SharedText): void {
    const socket = directSocket(this.#response)
    this.#note(socket, socket ? socket.write(text.chunk) : writeTo(this.#response, text.bytes))
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

  #note(socket: Socket | undefined, hasRoom: boolean): void {
    this.#isFull = !hasRoom
    // Node passes on the drain only of what it was given itself.
    if (socket && !hasRoom) socket.once('drain', () => this.#response.emit('drain'))
  }
}
