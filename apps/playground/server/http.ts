import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { readBody } from './readBody.ts'

/** A failure that its client may read. */
export class HTTPFailure extends Error {
  readonly status: number
  readonly code: string
  /** What the answer's head says besides. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Whatever was thrown, as a failure: the words of an unforeseen one stay on the server. */
export function toFailure(error: unknown): HTTPFailure {
  return error instanceof HTTPFailure ? error : new HTTPFailure(500, 'failed', 'Something went wrong on the server.')
}

/** Says which methods there are; who may GET may ask for the head alone. */
export function wrongMethod(methods: readonly string[]): HTTPFailure {
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return new HTTPFailure(405, 'method', `Expected ${allowed.join(' or ')}.`, { Allow: allowed.join(', ') })
}

export function sendJSON(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body))
}

/** Answers with a response of the web's kind. */
export async function sendResponse(res: ServerResponse, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer())
  res.writeHead(response.status, Object.fromEntries(response.headers))
  res.end(body)
}

// How long a refused request may go on sending, so that its client gets to read the answer. Without it, the reset of
// the connection would overtake the answer.
const DRAIN = 2000

/** Answers with a failure, also in the middle of a request's body. */
export async function sendFailure(req: IncomingMessage, res: ServerResponse, failure: HTTPFailure): Promise<void> {
  if (res.headersSent || req.socket.destroyed) return
  const { code, message } = failure
  for (const [name, value] of Object.entries(failure.headers)) res.setHeader(name, value)
  if (req.complete) return sendJSON(res, failure.status, { code, message })
  res.setHeader('Connection', 'close')
  sendJSON(res, failure.status, { code, message })
  const drained = new AbortController()
  req.once('close', () => drained.abort()).once('end', () => drained.abort())
  req.on('error', () => {}).resume()
  await delay(DRAIN, undefined, { signal: drained.signal, ref: false }).catch(() => {})
  req.destroy()
}

export interface ReadJSONOptions {
  /** The largest body, in bytes. */
  maxBytes: number
  /** How long it may take to arrive, in milliseconds. */
  maxTime: number
}

/** Reads a small JSON body. */
export async function readJSON(req: IncomingMessage, { maxBytes, maxTime }: ReadJSONOptions): Promise<unknown> {
  // A page of another origin cannot send this type unasked.
  if (!/^application\/json\b/i.test(req.headers['content-type'] ?? '')) {
    throw new HTTPFailure(415, 'content-type', 'Expected application/json.')
  }
  const chunks: Buffer[] = []
  let size = 0
  const late = new AbortController()
  const deadline = setTimeout(() => late.abort(new HTTPFailure(408, 'timeout', 'The request took too long.')), maxTime)
  try {
    for await (const chunk of readBody(req, late.signal)) {
      size += chunk.length
      if (size > maxBytes) throw new HTTPFailure(413, 'too-large', 'The request is too large.')
      chunks.push(chunk)
    }
  } finally {
    clearTimeout(deadline)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown
  } catch {
    throw new HTTPFailure(400, 'invalid', 'Expected JSON.')
  }
}
