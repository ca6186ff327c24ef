// shop.ts
import { EventEmitter, on } from 'node:events'
import type { SSEEvent, UpdateProgress } from '@tidewire/server'

export interface Order {
  id: string
  changes: { id: number; status: string }[]
}

const orders = new Map<string, Order>([['42', { id: '42', changes: [] }]])
const changes = new EventEmitter()

/** Whoever sends a token of the shop is signed in. */
export function signIn(authorization: string | null | undefined): boolean {
  return authorization === 'Bearer shop-token' || isStaff(authorization)
}

export function isStaff(authorization: string | null | undefined): boolean {
  return authorization === 'Bearer staff-token'
}

export async function findOrder(id: string): Promise<Order | undefined> {
  if (!/^\d+$/.test(id)) throw new Error(`No order has the number ${id}.`)
  return orders.get(id)
}

/** Changes an order, for all who follow it. */
export function changeOrder(id: string, status: string): void {
  const order = orders.get(id)
  if (!order) return
  const change = { id: order.changes.length + 1, status }
  order.changes.push(change)
  changes.emit(id, change)
  changes.emit('change', order, status)
}

/** Calls a listener with each change of any order. */
export function onChange(listener: (order: Order, status: string) => void): void {
  changes.on('change', listener)
}

/** How many follow an order. */
export function countFollowers(id: string): number {
  return changes.listenerCount(id)
}

/** Yields the changes after the one that the reader has seen last, then those to come. */
export async function* followOrder(
  order: Order,
  { lastEventId, signal }: { lastEventId: string; signal: AbortSignal },
): AsyncGenerator<SSEEvent> {
  const live: AsyncIterable<Order['changes']> = on(changes, order.id, { signal })
  const missed = lastEventId === '' ? [] : order.changes.filter(({ id }) => id > Number(lastEventId))
  for (const { id, status } of missed) yield { event: 'changed', id, data: { status } }
  for await (const [change] of live) {
    if (change?.status === 'lost') throw new Error('The order was lost.')
    if (change?.status === 'delivered') return
    if (change) yield { event: 'changed', id: change.id, data: { status: change.status } }
  }
}

/** Answers a question word by word. */
export async function* answer(question: string): AsyncGenerator<SSEEvent> {
  for (const word of ['You', 'asked:', ...question.split(' ')]) yield { event: 'word', data: word }
}

/** Imports rows, and says how far it is. */
export async function importRows(rows: string[], update: UpdateProgress): Promise<{ imported: number }> {
  for (const [index, row] of rows.entries()) {
    update({ loaded: index + 1, total: rows.length, message: `Importing ${row}` })
    await null // the real work
  }
  return { imported: rows.length }
}
