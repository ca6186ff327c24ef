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
  // The block that is unfinished. Joined once, as it may come a byte at a time.
  #pieces: string[] = []
  #size = 0
  // Its last characters, which hold no end but may begin one.
  #tail = ''

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /** Returns the blocks that these bytes complete, '' for none. Throws `overflow` for a block above the bound. */
  add(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true })
    const end = lastBlockEnd(this.#tail + text) - this.#tail.length
    if (end <= 0) {
      this.#keep(text)
      return ''
    }
    const blocks = this.#pieces.join('') + text.slice(0, end)
    this.#pieces = []
    this.#size = 0
    this.#tail = ''
    this.#keep(text.slice(end))
    return blocks
  }

  #keep(text: string): void {
    if (text === '') return
    this.#pieces.push(text)
    this.#size += text.length
    this.#tail = (this.#tail + text).slice(-2)
    if (this.#size <= this.#maxSize) return
    throw new SSEError('overflow', `Expected an event of at most ${this.#maxSize} characters.`)
  }
}

function lastBlockEnd(text: string): number {
  let end = 0
  BLOCK_END.lastIndex = 0
  while (BLOCK_END.test(text)) end = BLOCK_END.lastIndex
  return end
}

/** Tells whether a value is bytes, also of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}
