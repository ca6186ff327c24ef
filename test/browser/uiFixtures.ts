import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSSEHub, createSSEStream, type SSEHub, type SSESession } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import type { Browser, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll } from 'vitest'
import { keepsPages } from './backForwardCache.ts'
import { launchBrowser } from './launchBrowser.ts'

/** A page that has every hook, and a server whose stream a test drives. */
export interface UIFixtures {
  readonly origin: string
  readonly browser: Browser
  /** Whether it keeps pages for the way back. */
  readonly keepsPages: boolean
  /**
   * The requests for the stream, for `/stalled`, which is never answered, and for the likes of `/status/500`, which refuses and
   * wants to be left alone for a minute; oldest first.
   */
  readonly requests: IncomingMessage[]
  /** How many connections there are, of the stream and of the hub. */
  readonly connections: number
  /** Sends a tick to all who follow the stream, and to those who come back later from an earlier one. */
  send: (n: number) => void
  /** Opens the page, in a context of its own. */
  open: () => Promise<Page>
}

/** Starts a browser and a server before the tests of this block, and ends both after them. */
export function useUIFixtures(entry: string): UIFixtures {
  const sessions = new Set<SSESession>()
  const sent: number[] = []
  let hub: SSEHub
  let server: Server
  const fixtures = {
    requests: [] as IncomingMessage[],
    get connections() {
      return sessions.size + hub.connectionCount
    },
    send(n: number) {
      sent.push(n)
      for (const session of sessions) write(session, n)
    },
    async open() {
      const context = await fixtures.browser.newContext()
      const page = await context.newPage()
      await page.goto(fixtures.origin)
      return page
    },
  } as UIFixtures & { origin: string; browser: Browser; keepsPages: boolean }
  const write = (session: SSESession, n: number) => void session.write({ event: 'tick', id: n, data: { n } })

  beforeAll(async () => {
    const script = await bundlePage(entry)
    hub = createSSEHub()
    hub.channel('orders/:id')
    hub.channel('rooms/:id', { presence: true })
    const handleHub = toNodeHandler(hub)
    server = createServer((req, res) => {
      if (req.url === '/page.js') return void res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
      if (req.url?.startsWith('/_sse')) return void handleHub(req, res)
      if (!/^\/(stream|stalled|status\/\d+)$/.test(req.url ?? '')) {
        res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        return void res.end(
          '<!doctype html><link rel="icon" href="data:,"><body></body><script src="/page.js"></script>',
        )
      }
      fixtures.requests.push(req)
      if (req.url === '/stalled') return
      if (req.url !== '/stream') return void res.writeHead(Number(req.url?.slice(8)), { 'Retry-After': '60' }).end()
      const position = req.headers['last-event-id']
      const missed = position === undefined ? [] : sent.slice(sent.lastIndexOf(Number(position)) + 1)
      const stream = createSSEStream((session) => {
        for (const n of missed) write(session, n)
        sessions.add(session)
        session.onClose(() => sessions.delete(session))
      })
      void pipeSSE(stream, req, res)
    }).listen(0)
    await once(server, 'listening')
    fixtures.origin = `http://localhost:${(server.address() as AddressInfo).port}`
    // Playwright turns off what keeps a page for the way back.
    fixtures.browser = await launchBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
    fixtures.keepsPages = await keepsPages(fixtures.browser, fixtures.origin)
  })

  afterAll(async () => {
    await fixtures.browser?.close()
    await hub?.close()
    server?.closeAllConnections()
    server?.close()
  })
  return fixtures
}

/** Bundles what runs in the page. */
async function bundlePage(entry: string): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, entry),
    platform: 'browser',
    resolve: { conditionNames: ['tidewire-source', 'import', 'default'] },
    checks: { moduleLevelDirective: false },
    transform: {
      define: {
        'process.env.NODE_ENV': '"development"',
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
    },
  })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  return output[0].code
}
