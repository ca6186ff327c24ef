import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** What the server has received. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server on a free port. */
export interface MisbehavingServer {
  readonly origin: string
  /** All requests, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** How many connections are open. */
  readonly openSockets: number
  /** Resolves once no connection is open. */
  idle: () => Promise<void>
  close: () => Promise<void>
}

type Route = (res: ServerResponse, request: ReceivedRequest, argument: string) => void

const STREAM = { 'Content-Type': 'text/event-stream' }
const FIRST = 'id: 1\ndata: first\n\n'
const BYE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

/** One route per misbehaviour. A route's path may end with an argument: `/status/503`. */
const routes: Record<string, Route> = {
  /** Behaves: three events and the end. */
  events: (res) => res.writeHead(200, STREAM).end(`${FIRST}event: tick\nid: 2\ndata: {"n":2}\n\ndata: last\n\n${BYE}`),
  /** Sends the request back as the payload of one event. */
  echo: (res, request) => res.writeHead(200, STREAM).end(`data: ${JSON.stringify(request)}\n\n${BYE}`),
  /** Has a head, and nothing after it. */
  stalled: (res) => res.writeHead(200, STREAM).flushHeaders(),
  /** Has no head. */
  mute: () => {},
  /** Is no stream, and has a body without an end. */
  status: (res, _, code) => res.writeHead(Number(code), { 'Content-Type': 'text/html' }).write('<p>data: no\n\n'),
  /** Has no body at all. */
  empty: (res, _, code) => res.writeHead(Number(code)).end(),
  /** Has a stream of another type, without an end. */
  type: (res, _, type) => res.writeHead(200, type ? { 'Content-Type': type } : {}).write(FIRST),
  /** Has an event stream under a status that means something else. */
  oddly: (res, _, code) => res.writeHead(Number(code), STREAM).write(FIRST),
  redirect: (res, _, code) => res.writeHead(Number(code), { Location: '/echo' }).end(),
  loop: (res) => res.writeHead(302, { Location: '/loop' }).end(),
  /** Ends in the middle of the second event, as a chunked body should. */
  'cut-clean': (res) => res.writeHead(200, STREAM).end(`${FIRST}id: 2\ndata: sec`),
  /** Ends in the middle of the second event, without a last chunk. */
  'cut-socket': (res) => res.writeHead(200, STREAM).write(`${FIRST}id: 2\ndata: sec`, () => res.destroy()),
  /** Ends before the length that it has promised. */
  'cut-length': (res) => {
    res.writeHead(200, { ...STREAM, 'Content-Length': 1000 }).write(`${FIRST}id: 2\ndata: sec`, () => res.destroy())
  },
  /** Goes on after the given id, one event per connection, and is complete after the third. */
  resume: (res, { headers }) => {
    const next = Number(headers['last-event-id'] ?? 0) + 1
    res.writeHead(200, STREAM).end(`id: ${next}\ndata: ${next}\n\n${next === 3 ? BYE : ''}`)
  },
  /** Is busy at first; the argument is what it asks for. */
  busy: (res, { headers }, wait) => {
    if (headers['last-event-id']) res.writeHead(200, STREAM).end(`data: ready\n\n${BYE}`)
    else res.writeHead(503, { 'Retry-After': wait }).end()
  },
  /** Breaks a line, and a character, wherever a packet may end. */
  trickle: (res) => {
    const bytes = Buffer.from(`data: é→😀\r\n\r\n${BYE}`)
    res.writeHead(200, STREAM)
    void (async () => {
      for (const byte of bytes) await new Promise((resolve) => res.write(Uint8Array.of(byte), resolve))
      res.end()
    })()
  },
  /** Has a line without an end. */
  endless: (res) => {
    res.writeHead(200, STREAM).write(`${FIRST}data: `)
    const fill = () => {
      while (!res.destroyed && res.write('x'.repeat(16_384)));
    }
    res.on('drain', fill)
    fill()
  },
}

/** Starts a server that does wrong whatever a server can do wrong. */
export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const requests: ReceivedRequest[] = []
  const sockets = new Set<Socket>()
  const server = createServer((req, res) => void answer(req, res))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      server.emit('socketClosed')
    })
  })

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = req
    const request = { method, path: url, headers, body: await text(req) }
    requests.push(request)
    // So that a socket left open is a connection left open, and not one kept for reuse.
    res.setHeader('Connection', 'close')
    const [, name = '', argument = ''] = url.split('/').map(decodeURIComponent)
    routes[name]?.(res, request, argument)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get openSockets() {
      return sockets.size
    },
    async idle() {
      while (sockets.size > 0) await once(server, 'socketClosed')
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
