import { once } from 'node:events'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import * as https from 'node:https'
import { type Duplex, pipeline, Readable, type Writable } from 'node:stream'
import * as zlib from 'node:zlib'
import { clientTLS } from './presharedKey.ts'

export interface Asking {
  method?: string
  headers?: Record<string, string>
  body?: string | Readable
  /** Gives up where there is no response yet. */
  signal?: AbortSignal
}

/** A response as it came in: its head, and its body, of which nothing is read yet. */
export interface Connection {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Readable
  /** Leaves as a browser does that closes a tab. */
  leave(): void
  /** Leaves as a process does that dies: the connection is reset. */
  vanish(): void
}

const decoders: Record<string, () => Duplex> = {
  gzip: () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
}

/** Opens a connection of its own for one request, and resolves with the head of its response. */
export function connect(address: string, asking: Asking = {}): Promise<Connection> {
  return address.startsWith('h2:')
    ? connectHTTP2(address.replace('h2:', 'https:'), asking)
    : connectHTTP(address, asking)
}

async function connectHTTP(address: string, { method = 'GET', headers, body, signal }: Asking): Promise<Connection> {
  const { request } = address.startsWith('https:') ? https : http
  const req = request(address, { method, headers, signal, agent: false, ...(request === https.request && clientTLS) })
  send(body, req)
  const [response] = (await once(req, 'response')) as [http.IncomingMessage]
  // Leaving is an error of one's own.
  req.on('error', () => {})
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: decode(response, response.headers['content-encoding']),
    leave: () => void response.destroy(),
    // Node cannot reset a socket through TLS.
    vanish: () => void (request === https.request ? response.socket.destroy() : response.socket.resetAndDestroy()),
  }
}

async function connectHTTP2(address: string, { method = 'GET', headers, body, signal }: Asking): Promise<Connection> {
  const { origin, pathname, search } = new URL(address)
  const session = http2.connect(origin, clientTLS)
  session.on('error', () => {})
  const stream = session.request({ ':method': method, ':path': pathname + search, ...headers }, { signal })
  send(body, stream)
  stream.once('close', () => session.close())
  const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
  const { ':status': status, ...rest } = head
  return {
    status: Number(status),
    headers: rest,
    body: decode(stream, rest['content-encoding']),
    leave: () => stream.close(http2.constants.NGHTTP2_CANCEL),
    vanish: () => session.destroy(),
  }
}

function send(body: string | Readable | undefined, request: Writable): void {
  if (body instanceof Readable) body.pipe(request)
  else request.end(body)
}

function decode(body: Readable, encoding: string | undefined): Readable {
  if (encoding === undefined) return body
  // A failure is that of the decoder, too.
  return pipeline(body, decoders[encoding]!(), () => {})
}
