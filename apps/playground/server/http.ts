import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** A failure that its client may read. */
export class HTTPFailure extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Whatever was thrown, as a failure: the words of an unforeseen one stay on the server. */
export function toFailure(error: unknown): HTTPFailure {
  return error instanceof HTTPFailure ? error : new HTTPFailure(500, 'failed', 'Something went wrong on the server.')
}

export function sendJSON(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body))
}

// How long a refused request may go on sending, so that its client gets to read the answer. Without it, the reset of
// the connection would overtake the answer.
const DRAIN = 2000

/** Answers with a failure, also in the middle of a request's body. */
export async function sendFailure(req: IncomingMessage, res: ServerResponse, failure: HTTPFailure): Promise<void> {
  if (res.headersSent || req.socket.destroyed) return
  const { code, message } = failure
  if (req.complete) return sendJSON(res, failure.status, { code, message })
  res.setHeader('Connection', 'close')
  sendJSON(res, failure.status, { code, message })
  const drained = new AbortController()
  req.once('close', () => drained.abort()).once('end', () => drained.abort())
  req.on('error', () => {}).resume()
  await delay(DRAIN, undefined, { signal: drained.signal, ref: false }).catch(() => {})
  req.destroy()
}

/** Reads a small JSON body. */
export async function readJSON(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  // A page of another origin cannot send this type unasked.
  if (!/^application\/json\b/i.test(req.headers['content-type'] ?? '')) {
    throw new HTTPFailure(415, 'content-type', 'Expected application/json.')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new HTTPFailure(413, 'too-large', 'The request is too large.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown
  } catch {
    throw new HTTPFailure(400, 'invalid', 'Expected JSON.')
  }
}
