import { LATE, within } from './within.ts'

/** The longest body that is read, in bytes. */
export const MAX_BODY: number = 256 * 1024

/** How long it may take, in milliseconds. */
const MAX_TIME = 10_000

/**
 * Reads a body. Not `request.bytes()`: what a stranger sends has a bound.
 *
 * Resolves with the status that refuses it instead: 413 for one that is too large, 408 for one that takes too long, and
 * 400 for one that breaks off.
 */
export async function readBody({ body }: Pick<Request, 'body'>): Promise<Uint8Array<ArrayBuffer> | 400 | 408 | 413> {
  if (!body) return new Uint8Array()
  const reader = body.getReader()
  try {
    const read = await within(MAX_TIME, () => collect(reader))
    return read === LATE ? 408 : read
  } catch {
    return 400
  } finally {
    reader.cancel().catch(() => {})
  }
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | 413> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength
    if (size > MAX_BODY) return 413
    chunks.push(chunk.value)
  }
  const bytes = new Uint8Array(size)
  let end = 0
  for (const chunk of chunks) {
    bytes.set(chunk, end)
    end += chunk.byteLength
  }
  return bytes
}
