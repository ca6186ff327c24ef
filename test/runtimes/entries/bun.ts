import { shareShutdown, shutDown } from '../application/application.ts'
import { handle } from '../application/fetchHandler.ts'
import { reportUnhandled } from '../application/observation.ts'

declare const Bun: {
  serve(options: { hostname: string; port: number; fetch(request: Request): Promise<Response> }): {
    port: number
    stop(): Promise<void>
  }
}

process.on('unhandledRejection', reportUnhandled)
process.on('uncaughtException', reportUnhandled)

shareShutdown()
const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: handle })
console.log(server.port)

process.once('SIGTERM', () => {
  void server.stop()
  shutDown()
})
