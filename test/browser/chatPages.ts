import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterEach, expect } from 'vitest'
import type { PlaygroundFixtures } from './playgroundFixtures.ts'

/** A page of the chat, and the words to drive it by. */
export class ChatPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async signIn(name: string, { isStaff = false } = {}): Promise<void> {
    await this.page.getByLabel('Name').fill(name)
    await this.page.getByLabel('Member of staff').setChecked(isStaff)
    await this.button('Come in').click()
    await this.status('Live').waitFor()
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** The label of the room's stream. */
  status(label: string): Locator {
    return this.page.getByText(label, { exact: true })
  }

  /** The sentence about the last outage. */
  outage(): Locator {
    return this.page.locator('.outage').getByRole('status')
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text)
    await this.page.keyboard.press('Enter')
  }

  /** What the page shows, from the first message to the last: `Bob: Hello`. */
  messages(): Promise<string[]> {
    return this.page
      .getByRole('log')
      .getByRole('listitem')
      .evaluateAll((items) =>
        items.map((item) =>
          [item.querySelector('.name'), item.querySelector('.text')].map((e) => e?.textContent?.trim()).join(': '),
        ),
      )
  }

  /** The messages that the page says were caught up. */
  async caughtUp(): Promise<(string | undefined)[]> {
    const texts = await this.page.locator('[data-delivery=caught-up] .text').allTextContents()
    return texts.map((text) => text.trim())
  }
}

/** Opens pages of the chat, each in a browser of its own. Nothing in them may complain, but for what is expected. */
export function useChatPages(fixtures: PlaygroundFixtures) {
  const contexts: BrowserContext[] = []
  const complaints: string[] = []
  const chat = {
    /** Chromium reports each request that fails: what a test brings about is no complaint. */
    expected: undefined as RegExp | undefined,

    async open(framework: string, { origin } = fixtures.playground): Promise<ChatPage> {
      const context = await fixtures.browser.newContext()
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      await page.goto(`${origin}/${framework}/chat`)
      await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
      return new ChatPage(page)
    },

    async signIn(framework: string, name: string, options?: { isStaff?: boolean }): Promise<ChatPage> {
      const page = await chat.open(framework)
      await page.signIn(name, options)
      return page
    },
  }

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    const { expected } = chat
    chat.expected = undefined
    expect(complaints.splice(0).filter((complaint) => !expected?.test(complaint))).toEqual([])
  })

  return chat
}
