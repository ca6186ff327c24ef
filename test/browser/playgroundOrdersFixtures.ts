import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest'
import type { Order } from '../../apps/playground/src/shared/contract.ts'
import { formatTotal } from '../../apps/playground/src/shared/format.ts'
import { launchBrowser } from './launchBrowser.ts'
import { OrdersPage } from './playgroundOrdersPage.ts'
import { type Playground, startPlayground } from './startPlayground.ts'

/**
 * A server for the tests of this block, whose orders a file keeps, with none at the start of each test; and pages in browsers of their
 * own, in which nothing may complain.
 */
export function useOrders() {
  let browser: Browser
  let directory: string
  let server: Playground
  const contexts: BrowserContext[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-orders-'))
    browser = await launchBrowser()
    server = await start()
  })

  beforeEach(async () => {
    for (const row of await orders.rows()) await orders.ask('DELETE', `/${parseInt(row)}`)
  })

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    const { expected } = orders
    orders.expected = undefined
    expect(complaints.splice(0).filter((complaint) => !expected?.test(complaint))).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  function start(port = 0): Promise<Playground> {
    return startPlayground({
      PORT: String(port),
      PLAYGROUND_ORDERS_FILE: join(directory, 'orders.json'),
      PLAYGROUND_BUILD_DIR: inject('playgroundBuild'),
    })
  }

  const orders = {
    /** Chromium reports each request that fails: what a test brings about is no complaint. */
    expected: undefined as RegExp | undefined,

    /** Opens a page, and says that it is on its way: `prepare` comes before it asks for anything. */
    async begin(framework: string, prepare?: (view: OrdersPage) => Promise<unknown>): Promise<OrdersPage> {
      const context = await browser.newContext()
      contexts.push(context)
      const view = new OrdersPage(await context.newPage())
      view.page.on('pageerror', (error) => complaints.push(String(error)))
      view.page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      await prepare?.(view)
      await view.page.goto(`${server.origin}/${framework}`)
      return view
    },

    /** Opens a page, and waits until it is live. */
    async open(framework: string, prepare?: (view: OrdersPage) => Promise<unknown>): Promise<OrdersPage> {
      const view = await orders.begin(framework, prepare)
      await view.status('Live').waitFor()
      return view
    },

    /** What the server answers a stranger. */
    async ask(method: string, path = '', body?: unknown): Promise<Response> {
      const response = await fetch(`${server.origin}/api/orders${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      expect(response.ok).toBe(true)
      return response
    },

    /** Adds an order of 100.00 for each of these customers, and returns their numbers. */
    async make<Customers extends string[]>(...customers: Customers): Promise<{ [Index in keyof Customers]: number }> {
      const ids: number[] = []
      for (const customer of customers) {
        const response = await orders.ask('POST', '', { customer, total: 100_00 })
        ids.push(Number(((await response.json()) as Order).id))
      }
      return ids as { [Index in keyof Customers]: number }
    },

    /** The server's truth, as `OrdersPage.rows` has it. */
    async rows(): Promise<string[]> {
      const list = (await (await orders.ask('GET')).json()) as Order[]
      return list.map(
        ({ id, customer, total, status, version }) => `${id} ${customer} ${formatTotal(total)} ${status} v${version}`,
      )
    },

    /** Waits until all pages are live and show what the server has. */
    async expectEqual(...views: OrdersPage[]): Promise<void> {
      for (const view of views) {
        await view.status('Live').waitFor()
        await expect.poll(async () => differences(await view.rows(), await orders.rows())).toEqual([])
      }
    },

    /** Ends the server without a word, and returns the function that starts it again where it was. */
    async kill(): Promise<() => Promise<void>> {
      await server.stop('SIGKILL')
      return async () => {
        server = await start(server.port)
      }
    },
  }
  return orders
}

/** What is not the same in two tables, or not in the same place. */
function differences(shown: readonly string[], truth: readonly string[]): string[] {
  const count = Math.max(shown.length, truth.length)
  const pairs = Array.from({ length: count }, (_, index) => [shown[index] ?? '', truth[index] ?? ''])
  return pairs.filter(([one, other]) => one !== other).map((pair) => pair.join(' instead of '))
}
