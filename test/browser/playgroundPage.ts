import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, expect } from 'vitest'
import type { PlaygroundFixtures } from './playgroundFixtures.ts'
import type { Playground } from './startPlayground.ts'

export type PlaygroundPage = ReturnType<typeof usePlaygroundPage>

/** A new page for each test of this block, in which nothing may complain, and the words to drive it by. */
export function usePlaygroundPage(framework: string, fixtures: PlaygroundFixtures) {
  let context: BrowserContext
  let complaints: string[]

  beforeEach(async () => {
    context = await fixtures.browser.newContext()
    view.page = await context.newPage()
    complaints = []
    view.expected = undefined
    view.page.on('pageerror', (error) => complaints.push(String(error)))
    view.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
  })

  afterEach(async () => {
    await context.close()
    expect(complaints.filter((complaint) => !view.expected?.test(complaint))).toEqual([])
  })

  const view = {
    page: undefined as unknown as Page,
    /** Chromium reports each request that fails: what a test brings about is no complaint. */
    expected: undefined as RegExp | undefined,

    async visit({ origin }: Playground = fixtures.playground): Promise<void> {
      await view.page.goto(`${origin}/${framework}`)
      await view.connection('Live').waitFor()
      await view.page.getByText(/Last sample at \d/).waitFor()
    },

    /** The label of the metrics stream. */
    connection: (label: string): Locator =>
      view.page.getByRole('region', { name: /^The server/ }).getByText(label, { exact: true }),

    /** The label of the upload. */
    upload: (label: string): Locator =>
      view.page.getByRole('region', { name: /An upload/ }).getByText(label, { exact: true }),

    /** The sentence below the bar. */
    detail: (): Promise<string | null> => view.page.getByRole('paragraph').last().textContent(),

    button: (name: string): Locator => view.page.getByRole('button', { name, exact: true }),

    choose: (path: string): Promise<void> => view.page.getByLabel('Choose a file').setInputFiles(path),

    limitSpeed: (label: string): Promise<string[]> => view.page.getByLabel('Speed').selectOption({ label }),

    async uploadUntilItMoves(path = fixtures.files.small): Promise<void> {
      await view.limitSpeed('1 MiB/s')
      await view.choose(path)
      await view.page.waitForFunction(() => Number(document.querySelector('[role=progressbar]')?.ariaValueNow) > 0)
    },

    drop: async (names: string[]): Promise<void> => {
      const transfer = await view.page.evaluateHandle((names) => {
        const transfer = new DataTransfer()
        for (const name of names) transfer.items.add(new File(['hello'], name))
        return transfer
      }, names)
      await view.page.getByText('or drop it here').dispatchEvent('drop', { dataTransfer: transfer })
    },
  }
  return view
}
