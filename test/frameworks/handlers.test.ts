import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readEvents } from '../frameReader.ts'
import { hub } from './recipes/hub.ts'
import { GET as nextHandler } from './recipes/next.ts'
import * as nextHub from './recipes/nextHub.ts'
import { loader } from './recipes/reactRouter.ts'
import * as reactRouterHub from './recipes/reactRouterHub.ts'
import { GET as svelteKitHandler } from './recipes/svelteKit.ts'
import { fallback } from './recipes/svelteKitHub.ts'
import { startShop } from './startedShop.ts'

/** How long something may take, and how often to look, in milliseconds. */
const PATIENCE = { timeout: 5000, interval: 5 }

type Handler = (request: Request, id: string) => Response | Promise<Response>

const handlers: Record<string, Handler> = {
  'Next.js': (request, id) => nextHandler(request, { params: Promise.resolve({ id }) }),
  SvelteKit: (request, id) => svelteKitHandler({ request, params: { id }, url: new URL(request.url) }),
  'React Router': (request, id) => loader({ request, params: { id } }),
}

describe.each(Object.entries(handlers))('a handler for %s', (_name, handler) => {
  async function start() {
    const fetch = (request: Request) => handler(request, new URL(request.url).pathname.slice(1))
    const shop = await startShop(serve({ fetch, port: 0 }) as Server)
    onTestFinished(() => void shop.close())
    return shop
  }

  it('follows an order until its reader leaves', { timeout: 15_000 }, async () => {
    const shop = await start()
    const response = await fetch(`${shop.url}/42`, { headers: { authorization: 'Bearer shop-token' } })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = readEvents(response)
    for (const status of ['paid', 'packed']) {
      shop.change(status)
      expect(await events.next()).toContain(`data: {"status":"${status}"}`)
    }
    await events.cancel()
    await vi.waitFor(() => expect(shop.followers()).toBe(0), PATIENCE)
  })

  it('refuses with a real status', async () => {
    const shop = await start()
    expect(await fetch(`${shop.url}/42`)).toMatchObject({ status: 401 })
    const headers = { authorization: 'Bearer shop-token' }
    expect(await fetch(`${shop.url}/7`, { headers })).toMatchObject({ status: 404 })
  })
})

const hubHandlers: Record<string, (request: Request) => Response | Promise<Response>> = {
  'Next.js': (request) => (request.method === 'GET' ? nextHub.GET(request) : nextHub.POST(request)),
  SvelteKit: (request) => fallback({ request, params: {}, url: new URL(request.url) }),
  'React Router': (request) =>
    (request.method === 'GET' ? reactRouterHub.loader : reactRouterHub.action)({ request, params: {} }),
}

describe.each(Object.entries(hubHandlers))('a hub in a handler for %s', (_name, handler) => {
  it('is followed, by a reader that changes what it follows', { timeout: 15_000 }, async () => {
    const shop = await startShop(serve({ fetch: handler, port: 0 }) as Server)
    onTestFinished(() => void shop.close())
    const events = readEvents(await fetch(`${shop.url}/_sse?channel=orders/42&v=1`))
    const [, connection = ''] = /"connection":"([^"]+)"/.exec((await events.next()) ?? '') ?? []
    shop.change('paid')
    expect(await events.next()).toContain('data: {"status":"paid"}')
    const change = (rev: number, channels: object) =>
      fetch(`${shop.url}/_sse`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ connection, rev, channels }),
      })
    expect(await change(1, { 'orders/42': null, turnover: null })).toMatchObject({ status: 204 })
    expect(await events.next()).toBe('event: sse.denied\ndata: {"channels":["turnover"],"rev":1}')
    await events.cancel()
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0), PATIENCE)
  })
})
