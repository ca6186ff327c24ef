import { describeValue } from './describeValue.ts'
import { markHandled } from './markHandled.ts'

/** Reports how many bytes have been read, of how many, where that is known. The `update` of a task is one. */
export type ReportBytes = (progress: { loaded: number; total?: number | undefined }) => void

/**
 * Counts the bytes of a body or a file while they are read: what it returns hands out the chunks of `readable`, the same
 * objects, at the pace of whoever reads them. It reports `loaded: 0` at once, then each chunk as it is taken.
 *
 * A web stream gives a web stream, anything else an async iterable; `null`, the body of a request without one, stays
 * null. An end, a failure and a reader that stops reach the other side. What `update` throws fails the reader.
 *
 * With node's `pipeline`, put it in the middle: so an abort also ends a source that is silent.
 *
 * @example
 * const total = Number(req.headers['content-length'])
 * await pipeline(req, (body) => trackProgress(body, total, update), createWriteStream(path))
 *
 * @example
 * const body = trackProgress(request.body, Number(request.headers.get('content-length')), update)
 * const form = await new Response(body, { headers: request.headers }).formData()
 *
 * @param readable A web stream of bytes, or an async iterable of them, such as node's `IncomingMessage`; not in use yet.
 * @param total How many bytes there are. Where it is not a positive number, as without a `Content-Length`, `loaded` alone
 * is reported.
 * @throws {TypeError} for arguments of another type; later, to the reader, for a chunk that is not bytes.
 */
export function trackProgress<B extends Uint8Array>(
  readable: ReadableStream<B>,
  total: number | null | undefined,
  update: ReportBytes,
): ReadableStream<B>
export function trackProgress<B extends Uint8Array>(
  readable: ReadableStream<B> | null,
  total: number | null | undefined,
  update: ReportBytes,
): ReadableStream<B> | null
export function trackProgress<B extends Uint8Array>(
  readable: AsyncIterable<B>,
  total: number | null | undefined,
  update: ReportBytes,
): AsyncIterable<B>
export function trackProgress<B extends Uint8Array>(
  readable: ReadableStream<B> | AsyncIterable<B> | null,
  total: number | null | undefined,
  update: ReportBytes,
): ReadableStream<B> | AsyncIterable<B> | null {
  if (total != null && typeof total !== 'number') {
    throw unexpected('total', 'a number of bytes, or undefined where it is unknown', total)
  }
  if (typeof update !== 'function') throw unexpected('update', 'the function that a task reports by', update)
  if (readable === null) return null

  let loaded = 0
  const report = () => update({ loaded, total: total && total > 0 && total < Infinity ? total : undefined })
  const tracked = track(readable, (chunk) => {
    const { byteLength } = Object(chunk) as { byteLength?: unknown }
    if (typeof byteLength !== 'number') {
      const text = `Expected each chunk of \`readable\` to be bytes, got ${describeValue(chunk)}. Set no encoding on it.`
      throw new TypeError(text)
    }
    loaded += byteLength
    report()
  })
  report()
  return tracked
}

type Count = (chunk: Uint8Array) => void

function track<B extends Uint8Array>(readable: ReadableStream<B> | AsyncIterable<B>, count: Count) {
  const { getReader, [Symbol.asyncIterator]: iterate } = Object(readable) as Partial<ReadableStream & AsyncIterable<B>>
  if (typeof getReader === 'function') return trackStream(readable as ReadableStream<B>, count)
  if (typeof iterate === 'function') return trackIterable(readable as AsyncIterable<B>, count)
  const expected = 'a ReadableStream of bytes, such as `request.body`, or an async iterable of them'
  throw unexpected('readable', expected, readable)
}

// No TransformStream, which costs more per chunk, and no byte stream, which would detach the chunks it is given.
function trackStream<B extends Uint8Array>(stream: ReadableStream<B>, count: Count): ReadableStream<B> {
  const reader = stream.getReader()
  return new ReadableStream<B>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        try {
          count(value)
        } catch (error) {
          void markHandled(reader.cancel(error))
          throw error
        }
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

async function* trackIterable<B extends Uint8Array>(source: AsyncIterable<B>, count: Count): AsyncGenerator<B, void> {
  for await (const chunk of source) {
    count(chunk)
    yield chunk
  }
}

function unexpected(argument: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${argument}\` to be ${expected}, got ${describeValue(value)}.`)
}
