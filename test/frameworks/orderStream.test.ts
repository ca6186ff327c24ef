import { createServer, type Server } from 'node:http'
import { serve } from '@hono/node-server'
import { pipeSSE } from '@tidewire/server/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readEvents } from '../frameReader.ts'
import { GET, orderStream } from './recipes/orderStream.ts'
import { startShop } from './startedShop.ts'

const servers: [string, () => Server][] = [
  ['a fetch handler', () => serve({ fetch: GET, port: 0 }) as Server],
  [
    'a node route',
    () =>
      createServer((req, res) => {
        const id = new URL(req.url ?? '', 'http://localhost').searchParams.get('id') ?? ''
        pipeSSE(orderStream(id), req, res).catch(() => res.writeHead(500).end())
      }),
  ],
]

describe.each(servers)('a stream that refuses by itself in %s', (_name, makeServer) => {
  async function start() {
    const shop = await startShop(makeServer())
    onTestFinished(() => void shop.close())
    return shop
  }

  it('follows an order', async () => {
    const shop = await start()
    const events = readEvents(await fetch(`${shop.url}/?id=42`))
    await vi.waitFor(() => expect(shop.followers()).toBe(1), { timeout: 5000, interval: 5 })
    shop.change('paid')
    expect(await events.next()).toContain('data: {"status":"paid"}')
    await events.cancel()
    await vi.waitFor(() => expect(shop.followers()).toBe(0), { timeout: 5000, interval: 5 })
  })

  it.each([
    [404, 'an order that is not there', '7', 'text/event-stream'],
    [406, 'a reader that takes no event stream', '42', 'text/html'],
    [500, 'an order that cannot be looked for', 'seven', 'text/event-stream'],
  ])('answers with the status %i for %s', async (status, _whom, id, accept) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => void vi.restoreAllMocks())
    const shop = await start()
    const response = await fetch(`${shop.url}/?id=${id}`, { headers: { accept } })
    expect(response.status).toBe(status)
    await response.text()
    expect(shop.followers()).toBe(0)
  })
})
