import type { SSEError } from '@tidewire/protocol'
import { nextTurn } from './nextTurn.ts'
import type { SharedText } from './sharedText.ts'
import type { Sink } from './sink.ts'

/** What a body begins with where its source has nothing to say at once: an empty comment. PROTOCOL.md, 1.1. */
export const OPENING = ':\n\n'

const encoder = new TextEncoder()

/** Hands frames to a web stream, one chunk per pull. */
export class WebSink implements Sink {
  // The stream's own queue stays empty, as nothing is enqueued before it pulls.
  readonly bufferedSize = 0
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #pulled: (() => void) | undefined
  #hasWritten = false
  readonly #closed = Promise.withResolvers<void>()

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  get ready(): boolean {
    return this.#pulled !== undefined
  }

  /** Asks for a chunk. Resolves when it was written. */
  pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#controller = controller
    return new Promise((resolve) => {
      this.#pulled = resolve
    })
  }

  /** Begins the body in any case: several servers hold the head back until there is a first chunk. */
  open(): void {
    // What the source says at once leaves in the next turn, and is an opening as good.
    nextTurn(() =>
      nextTurn(() => {
        if (!this.#hasWritten && this.ready) this.write(OPENING)
      }),
    )
  }

  /** Forgets the stream, which its reader has left. */
  cancel(): void {
    this.#controller = undefined
    this.#closed.resolve()
  }

  write(text: string): void {
    this.#enqueue(encoder.encode(text))
  }

  writeShared(text: SharedText): void {
    this.#enqueue(text.bytes)
  }

  end(error?: SSEError): void {
    if (error) this.#controller?.error(error)
    else this.#controller?.close()
    this.#settle()
    this.#closed.resolve()
  }

  /** Does nothing: a web stream is over as soon as it ends. */
  cutOff(): void {}

  #enqueue(bytes: Uint8Array): void {
    this.#hasWritten = true
    this.#controller?.enqueue(bytes)
    this.#settle()
  }

  #settle(): void {
    this.#pulled?.()
    this.#pulled = undefined
  }
}
