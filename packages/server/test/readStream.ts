/** Reads a stream for the tests, chunk by chunk. */
export interface StreamReader {
  /** The text of the next chunk; undefined at the end. */
  next(): Promise<string | undefined>
  cancel(): Promise<void>
}

export function readerOf(stream: ReadableStream<Uint8Array>): StreamReader {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  return {
    async next() {
      const { value } = await reader.read()
      return value && decoder.decode(value, { stream: true })
    },
    cancel: () => reader.cancel(),
  }
}

export function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text()
}

/** Resolves in the next turn of the event loop, after what was scheduled in this one. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
