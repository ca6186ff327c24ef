import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server of one test. */
export interface RunningServer {
  readonly origin: string
  readonly port: number
  /** Every request that came, oldest first. */
  readonly requests: readonly IncomingMessage[]
  /** Cuts every open connection, as a lost network does. */
  cut: () => void
}

/** What answers the requests of node's server. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

/** Serves until the test is over. */
export async function startServer(listener: Listener): Promise<RunningServer> {
  const requests: IncomingMessage[] = []
  const server = createServer((req, res) => {
    requests.push(req)
    listener(req, res)
  }).listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://localhost:${port}`, port, requests, cut: () => server.closeAllConnections() }
}
