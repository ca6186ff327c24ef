import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ReceivedRequest, routes } from './routes.ts'

/** A server on a free port. */
export interface MisbehavingServer {
  readonly origin: string
  /** All requests, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** How many connections are open. A browser may keep some that it has no use for. */
  readonly openSockets: number
  /** How many requests are not at their end. */
  readonly openRequests: number
  /** Resolves once no connection is open. */
  idle: () => Promise<void>
  close: () => Promise<void>
}

/** Starts a server that does wrong whatever a server can do wrong. */
export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const requests: ReceivedRequest[] = []
  const sockets = new Set<Socket>()
  let openRequests = 0
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
    const time = performance.now()
    openRequests++
    res.once('close', () => openRequests--)
    const turn = requests.filter(({ path }) => path === url).length
    const request = { method, path: url, headers, body: await text(req), time }
    requests.push(request)
    // So that a socket left open is a connection left open, and not one kept for reuse.
    res.setHeader('Connection', 'close')
    const [path = ''] = url.split('?')
    const [, name = '', ...args] = path.split('/').map(decodeURIComponent)
    routes[name]?.(res, request, turn, ...args)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get openSockets() {
      return sockets.size
    },
    get openRequests() {
      return openRequests
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
