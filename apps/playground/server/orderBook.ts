import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { NewOrder, Order, OrderFields } from '../src/shared/contract.ts'
import { MAX_ORDERS } from '../src/shared/orders.ts'
import { HTTPFailure } from './http.ts'

/** The table that the orders are kept in. Each method has committed when it returns. */
export interface OrderBook {
  list(): readonly Order[]
  add(order: NewOrder): Order
  /** Changes some fields of an order. Throws an `HTTPFailure` where there is none with that number. */
  change(id: string, fields: Partial<OrderFields>): Order
  /** Takes an order out; what it returns has the version of its removal. Throws as `change` does. */
  remove(id: string): Order
}

interface Table {
  orders: readonly Order[]
  /** The number of the next order: none is given twice, as a page may still show the one that had it. */
  next: number
}

/** Opens the table that a file keeps, so that it outlives this process; without a file, a new one in memory. */
export function createOrderBook(file: string | undefined): OrderBook {
  let table = read(file) ?? firstTable()

  /** All or nothing: whoever reads the file finds the table before or after, and never a half. */
  function commit(next: Table): void {
    if (file !== undefined) {
      writeFileSync(`${file}.new`, JSON.stringify(next))
      renameSync(`${file}.new`, file)
    }
    table = next
  }

  function find(id: string): Order {
    const order = table.orders.find((one) => one.id === id)
    if (!order) throw new HTTPFailure(404, 'not-found', 'There is no such order. It may have been removed.')
    return order
  }

  return {
    list: () => table.orders,
    add(fields) {
      if (table.orders.length >= MAX_ORDERS) {
        throw new HTTPFailure(409, 'full', `There are ${MAX_ORDERS} orders already. Remove one first.`)
      }
      const order: Order = { id: String(table.next), ...fields, status: 'new', version: 1 }
      commit({ orders: [...table.orders, order], next: table.next + 1 })
      return order
    },
    change(id, fields) {
      const before = find(id)
      const order: Order = { ...before, ...fields, version: before.version + 1 }
      commit({ ...table, orders: table.orders.map((one) => (one === before ? order : one)) })
      return order
    },
    remove(id) {
      const order = find(id)
      commit({ ...table, orders: table.orders.filter((one) => one !== order) })
      return { ...order, version: order.version + 1 }
    },
  }
}

function read(file: string | undefined): Table | undefined {
  try {
    return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Table)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function firstTable(): Table {
  const lines = [
    ['Ada Lovelace', 129_00, 'shipped'],
    ['Grace Hopper', 48_50, 'delivered'],
    ['Alan Turing', 310_00, 'packed'],
    ['Katherine Johnson', 75_25, 'new'],
    ['Edsger Dijkstra', 19_90, 'delivered'],
    ['Barbara Liskov', 642_00, 'packed'],
    ['Donald Knuth', 88_00, 'new'],
    ['Margaret Hamilton', 215_75, 'shipped'],
    ['Tim Berners-Lee', 12_00, 'new'],
    ['Radia Perlman', 156_40, 'packed'],
  ] as const
  const orders = lines.map(([customer, total, status], index) => {
    return { id: String(1001 + index), customer, total, status, version: 1 }
  })
  return { orders, next: 1001 + orders.length }
}
