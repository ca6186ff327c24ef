import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readEvents } from '../frameReader.ts'
import { GET as nextHandler } from './recipes/next.ts'
import { loader } from './recipes/reactRouter.ts'
import { GET as svelteKitHandler } from './recipes/svelteKit.ts'
import { startShop } from './startedShop.ts'

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
    await vi.waitFor(() => expect(shop.followers()).toBe(0), { timeout: 5000, interval: 5 })
  })

  it('refuses with a real status', async () => {
    const shop = await start()
    expect(await fetch(`${shop.url}/42`)).toMatchObject({ status: 401 })
    const headers = { authorization: 'Bearer shop-token' }
    expect(await fetch(`${shop.url}/7`, { headers })).toMatchObject({ status: 404 })
  })
})
