import * as http from 'node:http'
import * as http2 from 'node:http2'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { shareShutdown, shutDown } from '../application/application.ts'
import { handle } from '../application/nodeHandler.ts'
import { reportUnhandled } from '../application/observation.ts'
import { serverTLS } from '../presharedKey.ts'

process.on('unhandledRejection', reportUnhandled)
process.on('uncaughtException', reportUnhandled)

shareShutdown()

const servers = {
  http: () => http.createServer((req, res) => void handle(req, res)),
  https: () => https.createServer(serverTLS, (req, res) => void handle(req, res)),
  http2: () => http2.createSecureServer(serverTLS, (req, res) => void handle(req, res)),
}
const server = servers[process.argv[2] as keyof typeof servers]()
const sessions = new Set<http2.Http2Session>()
server.on('session', (session: http2.Http2Session) => {
  sessions.add(session)
  session.once('close', () => sessions.delete(session))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

process.once('SIGTERM', () => {
  // First: a server that closes cuts off connections whose response has just ended.
  server.close()
  shutDown()
  for (const session of sessions) session.close()
})
