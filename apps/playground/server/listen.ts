import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

// How many ports are tried.
const TRIES = 20

/** Listens on a port of this machine, or on the next one that is free. Resolves with the port. */
export async function listen(server: Server, port: number): Promise<number> {
  for (let candidate = port; ; candidate++) {
    try {
      server.listen(candidate, 'localhost')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || port === 0 || candidate - port >= TRIES || candidate >= 65_535) throw error
    }
  }
}
