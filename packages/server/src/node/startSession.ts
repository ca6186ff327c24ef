import type { ServerResponse } from 'node:http'
import type { Session } from '../session.ts'
import type { Sink } from '../sink.ts'
import { ResponseSink } from './responseSink.ts'

/** Starts a session on a response whose head was sent, and ends it when the response closes. */
export function startSession(response: ServerResponse, start: (sink: Sink) => Session): Session {
  const sink = new ResponseSink(response)
  const session = start(sink)
  response.on('drain', () => {
    sink.drain()
    session.wake()
  })
  response.once('close', () => session.abort())
  return session
}
