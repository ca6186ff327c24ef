import type { ServerResponse } from 'node:http'
import type { Known } from '../expectKnown.ts'
import { Session } from '../session.ts'
import type { Sink } from '../sink.ts'
import type { SSEEvents } from '../sseEvent.ts'
import type { SSESession } from '../sseSession.ts'
import type { SSEStreamOptions } from '../sseStreamOptions.ts'
import { resolveSettings } from '../streamSettings.ts'
import { resolveCompression, type ResponseOptions } from './compression.ts'
import { openCompressor } from './compressor.ts'
import { negotiateEncoding } from './negotiateEncoding.ts'
import { expectExchange, isOver, type NodeRequest, type NodeResponse } from './nodeResponse.ts'
import { startWriter } from './startWriter.ts'
import { expectHeadUnsent, writeHead } from './writeHead.ts'

/** Options of `openSSE`: those of `createSSEStream` that need no source. */
export interface OpenSSEOptions<M extends object = SSEEvents>
  extends Omit<SSEStreamOptions<M>, 'mapError' | 'until' | 'prepare' | 'accept'>, ResponseOptions {}

// The two that are refused have a message of their own.
const OPTIONS: Known<OpenSSEOptions & Pick<SSEStreamOptions, 'prepare' | 'accept'>> = {
  events: true,
  request: true,
  signal: true,
  prepare: true,
  accept: true,
  heartbeat: true,
  retry: true,
  timeout: true,
  maxBufferSize: true,
  headers: true,
  bye: true,
  onError: true,
  compression: true,
}

/** Where a session leads that nobody reads. */
const NOWHERE: Sink = {
  ready: false,
  bufferedSize: 0,
  closed: Promise.resolve(),
  write() {},
  writeShared() {},
  end() {},
  cutOff() {},
}

/**
 * Answers a node request with an event stream that the route writes by itself, for as long as it likes.
 *
 * The head leaves at once; headers that `res` has already win. It may be opened late, after an `await`: where the reader
 * has left meanwhile, and for a HEAD request, the session has ended already and its `onClose` callbacks run at once.
 * The response is the session's from here on: end it with `close()`. A reader that takes nothing of what waits for it for
 * two minutes is taken for gone.
 *
 * @example
 * app.get('/orders', (req, res) => {
 *   const session = openSSE(req, res, { events: eventTypes<{ updated: Order }>() })
 *   const stop = orders.subscribe((order) => session.event('updated', order))
 *   session.onClose(stop)
 * })
 *
 * @throws {TypeError} for an option that makes no sense, and for a response whose head was sent.
 */
export function openSSE<M extends object = SSEEvents>(
  req: NodeRequest,
  res: NodeResponse,
  options: OpenSSEOptions<M> = {},
): SSESession<M> {
  expectExchange(req, res)
  const settings = resolveSettings(options, 'a session', OPTIONS)
  const encodings = resolveCompression(options.compression)
  // HTTP/2's compatibility layer has every member used here, though not in its types.
  const response = res as ServerResponse
  expectHeadUnsent(response)
  if (settings.prepare || settings.accept) {
    throw new TypeError('Expected no `prepare` and no `accept`: a route that opens its stream refuses before that.')
  }
  const start = (sink: Sink) => new Session(settings, sink, settings.request ?? req)
  const encoding = negotiateEncoding(req, response, settings.headers, encodings)
  let session: Session
  if (!isOver(response) && req.method !== 'HEAD') {
    writeHead(response, settings.headers)
    session = startWriter(response, start, encoding && openCompressor(encoding, response))
  } else {
    if (!isOver(response)) {
      writeHead(response, settings.headers)
      response.end()
    }
    session = start(NOWHERE)
    session.abort()
  }
  return session
}
