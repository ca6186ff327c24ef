import type { ServerResponse } from 'node:http'
import { describeValue } from '../describeValue.ts'
import { expectKnown } from '../expectKnown.ts'
import { isResponse } from '../isResponse.ts'
import { markHandled } from '../markHandled.ts'
import { defaultHeaders } from '../responseHeaders.ts'
import { SourceStream } from '../sourceStream.ts'
import { admit } from './admit.ts'
import { RESPONSE_OPTIONS, resolveCompression, type ResponseOptions } from './compression.ts'
import { openCompressor } from './compressor.ts'
import { negotiateEncoding } from './negotiateEncoding.ts'
import { expectExchange, isOver, type NodeRequest, type NodeResponse, whenClosed } from './nodeResponse.ts'
import { pumpStream } from './pumpStream.ts'
import { startWriter } from './startWriter.ts'
import { expectHeadUnsent, writeHead } from './writeHead.ts'

/** Options of `pipeSSE`. */
export interface PipeSSEOptions extends ResponseOptions {}

/**
 * Answers a node request with an event stream, of `createSSEStream` or any other stream of bytes.
 *
 * The head leaves at once; headers that `res` has already win. A HEAD request gets the head only. A stream that was made
 * without `request` takes `req`. One with `prepare` or `accept` may be refused: then their response is the answer.
 *
 * A reader that takes nothing of what waits for it for two minutes is taken for gone.
 *
 * Resolves when the response is over, which is its `close`: also when the reader leaves. Rejects with a `TypeError` for
 * an option that makes no sense, a stream in use or a response whose head was sent (then the stream is cancelled), with
 * the error of a foreign stream that fails, and with what `prepare` threw.
 */
export async function pipeSSE(
  stream: ReadableStream<Uint8Array>,
  req: NodeRequest,
  res: NodeResponse,
  options: PipeSSEOptions = {},
): Promise<void> {
  expectStream(stream)
  expectExchange(req, res)
  expectKnown('the options of `pipeSSE`', options, RESPONSE_OPTIONS)
  const encodings = resolveCompression(options.compression)
  // HTTP/2's compatibility layer has every member used here, though not in its types.
  const response = res as ServerResponse
  if (stream.locked) throw new TypeError('Expected a stream that is not in use, got one that is locked.')
  // Nobody will read it, and what it holds should be let go.
  if (response.headersSent) void markHandled(stream.cancel())
  expectHeadUnsent(response)
  if (isOver(response)) return stream.cancel()
  const isHead = req.method === 'HEAD'
  // Not awaited where nothing is asked: the head leaves at once.
  if (stream instanceof SourceStream && !stream.isAdmitted && !(await admit(stream, req, response))) return
  const start = isHead ? undefined : SourceStream.claim(stream)
  const headers = stream instanceof SourceStream ? stream.headers : new Headers(defaultHeaders)
  const encoding = negotiateEncoding(req, response, headers, encodings)
  writeHead(response, headers)
  const closed = whenClosed(response)
  const compressor = encoding && !isHead ? openCompressor(encoding, response) : undefined
  if (isHead) {
    response.end()
    await stream.cancel()
  } else if (start) {
    startWriter(response, (sink) => start(sink, req), compressor)
  } else {
    await pumpStream(stream, response, compressor)
  }
  await closed
}

function expectStream(stream: unknown): void {
  if (typeof (stream as Partial<ReadableStream> | null | undefined)?.getReader === 'function') return
  const expected = 'Expected `stream` to be a ReadableStream, of createSSEStream say'
  throw new TypeError(`${expected}, got ${isResponse(stream) ? 'a Response' : describeValue(stream)}.`)
}
