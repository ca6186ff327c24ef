import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSSEStream, type SSEEvent, type SSESession } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'

/** A real server whose streams a test drives by hand. `/status/<code>` refuses, `/stalled` never answers. */
export interface EventServer {
  /** The address of a stream. */
  url: (path: string) => string
  /** Every request that came, oldest first. */
  readonly requests: readonly IncomingMessage[]
  /** The streams that are open now, by path. */
  open: (path: string) => readonly SSESession[]
  /** Sends an event to every open stream of a path. */
  send: (path: string, event: SSEEvent) => void
  /** Cuts every open connection, as a lost network does. */
  cut: () => void
  close: () => Promise<void>
}

export async function startEventServer(): Promise<EventServer> {
  const sessions = new Map<SSESession, string>()
  const requests: IncomingMessage[] = []
  const server = createServer((req, res) => {
    const { url: path = '', method } = req
    // jsdom's pages have an origin of their own.
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Access-Control-Allow-Headers', 'Content-Type, Last-Event-ID, Authorization')
    if (method === 'OPTIONS') return void res.writeHead(204).end()
    requests.push(req)
    if (path === '/stalled') return
    if (path.startsWith('/status/')) return void res.writeHead(Number(path.slice(8))).end()
    const stream = createSSEStream((session) => {
      sessions.set(session, path)
      session.onClose(() => sessions.delete(session))
    })
    void pipeSSE(stream, req, res)
  }).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = (path: string) => [...sessions].filter(([, at]) => at === path).map(([session]) => session)
  return {
    url: (path) => `http://localhost:${port}${path}`,
    requests,
    open,
    send(path, event) {
      for (const session of open(path)) session.write(event)
    },
    cut: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
