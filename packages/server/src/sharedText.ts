const encoder = new TextEncoder()
const CRLF = [0x0d, 0x0a] as const

/** Text that leaves on many responses: encoded once in each form, however many take it. */
export class SharedText {
  readonly text: string
  #bytes: Uint8Array<ArrayBuffer> | undefined
  #chunk: Uint8Array<ArrayBuffer> | undefined

  constructor(text: string) {
    this.text = text
  }

  /** Its UTF-8. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return (this.#bytes ??= encoder.encode(this.text))
  }

  /** A chunk of the chunked transfer coding. RFC 9112, section 7.1. */
  get chunk(): Uint8Array<ArrayBuffer> {
    return (this.#chunk ??= toChunk(this.bytes))
  }
}

function toChunk(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(`${bytes.byteLength.toString(16)}\r\n`)
  const chunk = new Uint8Array(head.byteLength + bytes.byteLength + CRLF.length)
  chunk.set(head)
  chunk.set(bytes, head.byteLength)
  chunk.set(CRLF, head.byteLength + bytes.byteLength)
  return chunk
}
