import { SSEError } from '@tidewire/protocol'

// A CR at the end counts: if its LF is yet to come, that makes one more empty line, which means nothing.
const BLOCK_END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/g

/**
 * Cuts the bytes of an event stream where its blocks end, so that a heartbeat between two pieces splits no event.
 *
 * Takes the byte order mark away, since the stream may no longer begin with it.
 */
export class EventBlocks {
  readonly #decoder = new TextDecoder()
  readonly #maxSize: number
  #rest = ''

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /** Returns the blocks that these bytes complete, '' for none. Throws `overflow` for a block above the bound. */
  add(bytes: Uint8Array): string {
    const seen = this.#rest.length
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true })
    let end = 0
    // What was searched before holds no end; but its last characters may begin one.
    BLOCK_END.lastIndex = Math.max(0, seen - 2)
    while (BLOCK_END.test(text)) end = BLOCK_END.lastIndex
    this.#rest = text.slice(end)
    if (this.#rest.length > this.#maxSize) {
      throw new SSEError('overflow', `Expected an event of at most ${this.#maxSize} characters.`)
    }
    return text.slice(0, end)
  }
}

/** Tells whether a value is bytes, also of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]'
}
