import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hub } from './recipes/hub.ts'
import { changeOrder, countFollowers } from './recipes/shop.ts'

/** A recipe that serves, and the shop behind it. */
export interface StartedShop {
  url: string
  /** Changes the order 42. */
  change: (status: string) => unknown
  /** How many follow the order 42, by its stream or its channel. */
  followers: () => number | Promise<number>
  close: () => unknown
}

/** How many follow the order 42 in this process. */
export function followers(): number {
  return countFollowers('42') + hub.subscriberCount('orders/42')
}

/** Starts a recipe that runs in this process, on a port of its own. */
export async function startShop(server: Server): Promise<StartedShop> {
  if (!server.listening) await once(server.listen(0), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    change: (status) => changeOrder('42', status),
    followers,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
