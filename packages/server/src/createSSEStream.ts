import { describeValue } from './describeValue.ts'
import { toObservable } from './observable.ts'
import type { Source } from './runSource.ts'
import { SourceStream } from './sourceStream.ts'
import type { SSEEvents } from './sseEvent.ts'
import type { SSESource } from './sseSource.ts'
import type { SSEStream } from './sseStream.ts'
import type { SSEStreamOptions } from './sseStreamOptions.ts'
import { resolveSettings } from './streamSettings.ts'

/**
 * Makes an event stream from a source: an async generator, any async iterable or `ReadableStream`, an observable, or a
 * callback that writes.
 *
 * The source starts when the stream is first read, gets as many events asked for as the reader takes, and is ended when
 * the reader leaves. When it ends by itself, the reader is told so by the event `sse.bye`.
 *
 * @example
 * const stream = createSSEStream(async function* ({ signal }) {
 *   for await (const tick of clock(signal)) yield { event: 'tick', data: tick }
 * })
 * return stream.toResponse()
 *
 * @throws {TypeError} for a source or an option that makes no sense.
 */
export function createSSEStream<M extends object = SSEEvents>(
  source: SSESource<NoInfer<M>>,
  options: SSEStreamOptions<M> = {},
): SSEStream {
  if (!isSource(source)) {
    throw new TypeError(
      `Expected \`source\` to be a function, an async iterable, a ReadableStream or an observable, got ${describeValue(source)}.`,
    )
  }
  return new SourceStream(source as Source, resolveSettings(options))
}

function isSource(source: unknown): boolean {
  if (typeof source === 'function') return true
  const object = Object(source) as object
  return Symbol.asyncIterator in object || 'getReader' in object || toObservable(source) !== undefined
}
