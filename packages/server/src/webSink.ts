import type { SSEError } from '@tidewire/protocol'
import type { Sink } from './sink.ts'

const encoder = new TextEncoder()

/** Hands frames to a web stream, one chunk per pull. */
export class WebSink implements Sink {
  // The stream's own queue stays empty, as nothing is enqueued before it pulls.
  readonly bufferedSize = 0
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #pulled: (() => void) | undefined
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

  /** Forgets the stream, which its reader has left. */
  cancel(): void {
    this.#controller = undefined
    this.#closed.resolve()
  }

  write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text))
    this.#settle()
  }

  end(error?: SSEError): void {
    if (error) this.#controller?.error(error)
    else this.#controller?.close()
    this.#settle()
    this.#closed.resolve()
  }

  /** Does nothing: a web stream is over as soon as it ends. */
  cutOff(): void {}

  #settle(): void {
    this.#pulled?.()
    this.#pulled = undefined
  }
}
