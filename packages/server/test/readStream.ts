import { OPENING } from '../src/webSink.ts'

/** Reads a stream for the tests, chunk by chunk. */
export interface StreamReader {
  /** The text of the next chunk that is not the opening; undefined at the end. */
  next(): Promise<string | undefined>
  cancel(): Promise<void>
}

export function readerOf(stream: ReadableStream<Uint8Array>): StreamReader {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  const next = async (): Promise<string | undefined> => {
    const { value } = await reader.read()
    const text = value && decoder.decode(value, { stream: true })
    return text === OPENING ? next() : text
  }
  return { next, cancel: () => reader.cancel() }
}

/** Reads a stream to its end, without its opening. */
export async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const text = await new Response(stream).text()
  return text.startsWith(OPENING) ? text.slice(OPENING.length) : text
}

/** Resolves in the next turn of the event loop, after what was scheduled in this one. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
