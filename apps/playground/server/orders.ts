import { createSSEHub, eventTypes, getOrigin } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import type { OrderEvents } from '../src/shared/contract.ts'
import { ORDERS_STREAM } from '../src/shared/orders.ts'
import { readJSON, sendJSON, sendResponse } from './http.ts'
import { createOrderBook } from './orderBook.ts'
import { readNewOrder, readOrderFields } from './orderInput.ts'
import type { Handler, Route } from './routes.ts'

export interface OrdersOptions {
  /** The file that keeps the orders. @default none: they end with the process */
  ordersFile?: string | undefined
}

export interface Orders {
  /** Those of the hub, too. */
  routes: Route[]
  close(): void
}

const BODY = { maxBytes: 1024, maxTime: 10_000 }

/** A table that is read and changed over REST, and a channel that tells of each change after its commit. */
export function createOrders({ ordersFile }: OrdersOptions = {}): Orders {
  const book = createOrderBook(ordersFile)
  const hub = createSSEHub({
    channels: { orders: eventTypes<OrderEvents>() },
    path: ORDERS_STREAM,
    limits: { maxConnections: 1000, maxChannels: 1 },
  })
  hub.channel('orders')
  const stream = toNodeHandler(hub)
  const follow: Handler = (req, res) => stream(req, res)

  const list: Handler = async (_req, res) => {
    const snapshot = await hub.snapshot('orders', () => book.list())
    await sendResponse(res, snapshot.toResponse())
  }

  const add: Handler = async (req, res) => {
    const order = book.add(readNewOrder(await readJSON(req, BODY)))
    // To its writer too, whose answer may come after somebody has removed it again: events come in the order of the commits.
    await hub.to('orders').send('saved', order)
    sendJSON(res, 201, order)
  }

  const change: Handler = async (req, res, id) => {
    const order = book.change(id, readOrderFields(await readJSON(req, BODY)))
    await hub
      .to('orders')
      .except({ origin: getOrigin(req) })
      .send('saved', order)
    sendJSON(res, 200, order)
  }

  const remove: Handler = async (req, res, id) => {
    const { version } = book.remove(id)
    // To whoever removed it, too: somebody else's change of it may wait there for the end of the mutation.
    await hub.to('orders').send('removed', { id, version })
    res.writeHead(204).end()
  }

  return {
    routes: [
      [new RegExp(`^${ORDERS_STREAM}$`), { GET: follow, POST: follow }],
      [/^\/api\/orders$/, { GET: list, POST: add }],
      [/^\/api\/orders\/(\d{1,9})$/, { PATCH: change, DELETE: remove }],
    ],
    close: () => void hub.close(),
  }
}
