import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { changeOrder, countFollowers } from './recipes/shop.ts'

/** A recipe that serves, and the shop behind it. */
export interface StartedShop {
  url: string
  /** Changes the order 42. */
  change: (status: string) => unknown
  /** How many follow the order 42. */
  followers: () => number | Promise<number>
  close: () => unknown
}

/** Starts a recipe that runs in this process, on a port of its own. */
export async function startShop(server: Server): Promise<StartedShop> {
  if (!server.listening) await once(server.listen(0), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    change: (status) => changeOrder('42', status),
    followers: () => countFollowers('42'),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
