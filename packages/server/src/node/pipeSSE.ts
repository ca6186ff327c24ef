import type { ServerResponse } from 'node:http'
import { markHandled } from '../markHandled.ts'
import { defaultHeaders } from '../responseHeaders.ts'
import { SourceStream } from '../sourceStream.ts'
import { admit } from './admit.ts'
import { isOver, type NodeRequest, type NodeResponse } from './nodeResponse.ts'
import { pumpStream } from './pumpStream.ts'
import { startSession } from './startSession.ts'
import { expectHeadUnsent, writeHead } from './writeHead.ts'

/**
 * Answers a node request with an event stream, of `createSSEStream` or any other stream of bytes.
 *
 * The head leaves at once; headers that `res` has already win. A HEAD request gets the head only. A stream that was made
 * without `request` takes `req`. One with `prepare` or `accept` may be refused: then their response is the answer.
 *
 * Resolves when the response is over, which is its `close`: also when the reader leaves. Rejects with a `TypeError` for
 * a stream in use or a response whose head was sent (then the stream is cancelled), with the error of a foreign
 * stream that fails, and with what `prepare` threw.
 */
export async function pipeSSE(stream: ReadableStream<Uint8Array>, req: NodeRequest, res: NodeResponse): Promise<void> {
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
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  writeHead(response, stream instanceof SourceStream ? stream.headers : new Headers(defaultHeaders))
  if (isHead) {
    response.end()
    await stream.cancel()
  } else if (start) {
    startSession(response, (sink) => start(sink, req))
  } else {
    await pumpStream(stream, response)
  }
  await closed
}
