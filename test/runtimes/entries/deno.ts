import { shareShutdown, shutDown } from '../application/application.ts'
import { handle } from '../application/fetchHandler.ts'
import { reportUnhandled } from '../application/observation.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    handler: (request: Request) => Promise<Response>,
  ): { shutdown(): Promise<void> }
  addSignalListener(signal: string, listener: () => void): void
  removeSignalListener(signal: string, listener: () => void): void
}

globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  reportUnhandled(event.reason)
})
globalThis.addEventListener('error', (event) => {
  event.preventDefault()
  reportUnhandled(event.error)
})

shareShutdown()
const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(port) }, handle)

Deno.addSignalListener('SIGTERM', function onSignal() {
  Deno.removeSignalListener('SIGTERM', onSignal)
  void server.shutdown()
  shutDown()
})
