import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEvents } from '@tidewire/server/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAPI } from '../apps/playground/server/api.ts'
import type { Order } from '../apps/playground/src/shared/contract.ts'
import { MAX_CUSTOMER, MAX_ORDERS, MAX_TOTAL, parseTotal } from '../apps/playground/src/shared/orders.ts'

let directory: string
let origin: string
let stop: () => Promise<void>

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewire-orders-'))
  await start()
})

afterEach(async () => {
  await stop()
  await rm(directory, { recursive: true })
})

async function start(): Promise<void> {
  const api = createAPI({ directory, maxBytes: 1, ordersFile: join(directory, 'orders.json') })
  const server = createServer((req, res) => void api.handle(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = async () => {
    api.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

function ask(method: string, path = '', body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/api/orders${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function list(): Promise<Order[]> {
  return (await (await ask('GET')).json()) as Order[]
}

it('answers with the orders, and with the position from which their channel goes on', async () => {
  const response = await ask('GET')
  expect(response.headers.get('x-sse-cursor')).toMatch(/^.+\.0$/)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toHaveLength(10)
})

it('tells of each change what it answers, and its writer of no change of an order', async () => {
  const reader = readEvents(await fetch(`${origin}/_sse/orders?channel=orders&origin=a-page-that-writes-something`))
  await reader.take(1)
  const own = { 'Tidewire-Origin': 'a-page-that-writes-something' }
  expect((await ask('PATCH', '/1001', { total: 1 }, own)).status).toBe(200)
  const added = (await (await ask('POST', '', { customer: ' Ada ', total: 5 }, own)).json()) as Order
  expect(added).toEqual({ id: '1011', customer: 'Ada', total: 5, status: 'new', version: 1 })
  const changed = (await (await ask('PATCH', '/1001', { status: 'new' })).json()) as Order
  expect(changed).toMatchObject({ id: '1001', total: 1, status: 'new', version: 3 })
  expect((await ask('DELETE', '/1001')).status).toBe(204)
  const events = await reader.take(3)
  expect(events.map(({ event, data }) => [event, data])).toEqual([
    ['saved', added],
    ['saved', changed],
    ['removed', { id: '1001', version: 4 }],
  ])
  await reader.close()
})

it('keeps the orders over a restart, and gives no number twice', async () => {
  await ask('PATCH', '/1002', { status: 'packed' })
  await ask('POST', '', { customer: 'Ada', total: 5 })
  await ask('DELETE', '/1011')
  const before = await list()
  await stop()
  await start()
  expect(await list()).toEqual(before)
  expect(await (await ask('POST', '', { customer: 'Bob', total: 5 })).json()).toMatchObject({ id: '1012' })
  expect((await readdir(directory)).filter((name) => name.startsWith('orders'))).toEqual(['orders.json'])
})

it.each([
  ['PATCH', '/1001', {}, 400],
  ['PATCH', '/1001', null, 400],
  ['PATCH', '/1001', { total: MAX_TOTAL + 1 }, 400],
  ['PATCH', '/1001', { total: -1 }, 400],
  ['PATCH', '/1001', { total: 1.5 }, 400],
  ['PATCH', '/1001', { total: '1' }, 400],
  ['PATCH', '/1001', { status: 'lost' }, 400],
  ['PATCH', '/1', { total: 1 }, 404],
  ['DELETE', '/1', undefined, 404],
  ['POST', '', { customer: ' ', total: 1 }, 400],
  ['POST', '', { customer: 'a'.repeat(MAX_CUSTOMER + 1), total: 1 }, 400],
  ['POST', '', { customer: 'a\u202Eb', total: 1 }, 400],
  ['POST', '', { customer: 'Ada' }, 400],
  ['PUT', '', { customer: 'Ada', total: 1 }, 405],
])('refuses %s %s with %j, and changes nothing', async (method, path, body, status) => {
  const before = await list()
  expect((await ask(method, path, body)).status).toBe(status)
  expect(await list()).toEqual(before)
})

it('takes no more orders than a table can show', async () => {
  for (let count = 10; count < MAX_ORDERS; count++) await ask('POST', '', { customer: 'Ada', total: 1 })
  expect((await ask('POST', '', { customer: 'Ada', total: 1 })).status).toBe(409)
  expect(await list()).toHaveLength(MAX_ORDERS)
})

it.each([
  ['129', 129_00],
  [' 1,290.5 ', 1290_50],
  ['1290.05', 1290_05],
  ['0', 0],
  ['', undefined],
  ['-1', undefined],
  ['1.005', undefined],
  ['1,2', undefined],
  ['1e3', undefined],
])('reads %j as an amount', (text, cents) => {
  expect(parseTotal(text)).toBe(cents)
})
