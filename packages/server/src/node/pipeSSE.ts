import type { ServerResponse } from 'node:http'
import { markHandled } from '../markHandled.ts'
import { defaultHeaders } from '../responseHeaders.ts'
import { SourceStream } from '../sourceStream.ts'
import { isOver, type NodeRequest, type NodeResponse } from './nodeResponse.ts'
import { pumpStream } from './pumpStream.ts'
import { ResponseSink } from './responseSink.ts'

/**
 * Answers a node request with an event stream, of `createSSEStream` or any other stream of bytes.
 *
 * The head leaves at once; headers that `res` has already win. A HEAD request gets the head only. A stream that was made
 * without `request` takes `req`.
 *
 * Resolves when the response is over, which is its `close`: also when the reader leaves. Rejects with a `TypeError` for
 * a stream in use or a response whose head was sent (then the stream is cancelled), and with the error of a foreign
 * stream that fails.
 */
export async function pipeSSE(stream: ReadableStream<Uint8Array>, req: NodeRequest, res: NodeResponse): Promise<void> {
  // HTTP/2's compatibility layer has every member used here, though not in its types.
  const response = res as ServerResponse
  if (stream.locked) throw new TypeError('Expected a stream that is not in use, got one that is locked.')
  if (response.headersSent) {
    // Nobody will read it, and what it holds should be let go.
    void markHandled(stream.cancel())
    throw new TypeError('Expected a response whose head was not sent; the stream sends it.')
  }
  if (isOver(response)) return stream.cancel()
  const isHead = req.method === 'HEAD'
  const start = isHead ? undefined : SourceStream.claim(stream)
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  // A write after someone else has ended `res` is such an error. Unheard, it would end the process; `close` follows.
  response.on('error', () => {})
  writeHead(response, stream instanceof SourceStream ? stream.headers : new Headers(defaultHeaders))
  if (isHead) {
    response.end()
    await stream.cancel()
  } else if (start) {
    const sink = new ResponseSink(response)
    const session = start(sink, req)
    response.on('drain', () => {
      sink.drain()
      session.wake()
    })
    response.once('close', () => session.abort())
  } else {
    await pumpStream(stream, response)
  }
  await closed
}

// `Connection: keep-alive` is node's to say: it does for HTTP/1.1, unless the request or a shutdown speaks against it.
function writeHead(response: ServerResponse, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  response.flushHeaders()
}
