import type { Locator, Page } from 'playwright-core'
import { POLL_INTERVAL } from '../../apps/playground/src/shared/ordersQuery.ts'

/** A page that shows the orders, and the words to drive it by. */
export class OrdersPage {
  readonly page: Page
  /** How many answers there were to requests for the orders. */
  answers = 0

  constructor(page: Page) {
    this.page = page
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname === '/api/orders' && response.request().method() === 'GET') this.answers++
    })
  }

  get card(): Locator {
    return this.page.getByRole('region', { name: 'Orders' })
  }

  /** How true the table is, as it says. */
  status(label: string): Locator {
    return this.card.getByText(label, { exact: true })
  }

  total(id: number): Locator {
    return this.card.getByLabel(`Total of order ${id}`)
  }

  progress(id: number): Locator {
    return this.card.getByLabel(`Status of order ${id}`)
  }

  remove(id: number): Locator {
    return this.card.getByRole('button', { name: `Remove order ${id}` })
  }

  async setTotal(id: number, total: string): Promise<void> {
    await this.total(id).fill(total)
    await this.total(id).press('Enter')
  }

  async setProgress(id: number, status: string): Promise<void> {
    await this.progress(id).selectOption(status)
  }

  /** Adds an order, and returns its number. */
  async add(customer: string, total: string): Promise<number> {
    await this.card.getByLabel('Customer').fill(customer)
    await this.card.getByLabel('Total', { exact: true }).fill(total)
    await this.page.keyboard.press('Enter')
    const said = this.card.getByText(/^Order \d+ added\.$/)
    return Number(/\d+/.exec((await said.textContent()) ?? '')?.[0])
  }

  /** The table: `1001 Ada Lovelace 129.00 shipped v1`. */
  rows(): Promise<string[]> {
    return this.card.locator('tr[data-version]').evaluateAll((rows) =>
      rows.map((row) => {
        const texts = ['th', '.customer'].map((selector) => row.querySelector(selector)?.textContent.trim())
        const values = ['input', 'select'].map((selector) => row.querySelector<HTMLInputElement>(selector)?.value)
        return [...texts, ...values, `v${row.getAttribute('data-version')}`].join(' ')
      }),
    )
  }

  /** Holds back the requests that change an order, until the returned function is called. */
  async holdChanges(): Promise<() => void> {
    const released = Promise.withResolvers<void>()
    await this.page.route('**/api/orders/*', async (route) => {
      await released.promise
      await route.continue()
    })
    return released.resolve
  }

  /** Lets no stream of orders through, until the returned function is called. */
  async cutStream(): Promise<() => Promise<void>> {
    const pattern = '**/_sse/orders*'
    await this.page.route(pattern, (route) => route.abort())
    return () => this.page.unroute(pattern)
  }

  /** Has the page ask for the orders only where it has a reason, and never because some time has passed. */
  async stopPolling(): Promise<void> {
    await this.page.addInitScript((interval) => {
      const { setInterval } = globalThis
      globalThis.setInterval = ((...args: Parameters<typeof setInterval>) =>
        args[1] === interval ? undefined : setInterval(...args)) as typeof setInterval
    }, POLL_INTERVAL)
  }

  /** Takes note of what a screen reader is told of the orders from now on. */
  async listen(): Promise<() => Promise<string[]>> {
    await this.card.evaluate((card) => {
      const said = ((globalThis as { said?: string[] }).said = [] as string[])
      for (const region of card.querySelectorAll('[role=status], [role=alert], [role=log], [aria-live]')) {
        new MutationObserver(() => said.push(region.textContent.trim())).observe(region, {
          childList: true,
          characterData: true,
          subtree: true,
        })
      }
    })
    return () => this.page.evaluate(() => (globalThis as { said?: string[] }).said ?? [])
  }
}
