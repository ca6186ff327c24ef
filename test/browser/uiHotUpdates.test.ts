import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'
import { startUIDevServer, type UIDevServer } from './uiDevServer.ts'

/** How long something may take, in milliseconds. */
const PATIENCE = { timeout: 20_000 }

const pages = {
  react: { component: 'react/Ticks.tsx', main: 'react/main.tsx' },
  vue: { component: 'vue/Ticks.vue', main: 'vue/main.ts' },
}

for (const [framework, { component, main }] of Object.entries(pages)) {
  describeBrowser(`a component of ${framework} that is edited while it follows a stream`, () => {
    let browser: Browser
    let server: UIDevServer
    let page: Page
    let complaints: string[]

    beforeAll(async () => {
      browser = await launchBrowser()
    })

    afterAll(() => browser?.close())

    beforeEach(async () => {
      server = await startUIDevServer(component, main)
      page = await browser.newPage()
      complaints = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      await page.goto(server.origin)
      await until('draft first open open open')
      for (const n of [1, 2]) await server.send(n)
      await until('draft first open open open 1,2 1,2')
    })

    afterEach(async () => {
      await page.close()
      await expect.poll(() => server.connections, PATIENCE).toBe(0)
      await server.close()
      expect(complaints).toEqual([])
    })

    const until = (text: string) => expect.poll(async () => (await page.textContent('p'))?.trim(), PATIENCE).toBe(text)

    /** That of the stream, that of the page's client, and that of the client that the edited module makes. */
    async function hasOneConnectionEach(): Promise<void> {
      await expect.poll(() => server.connections, PATIENCE).toBe(3)
      expect(server.requests).toBe(1)
      // Nothing twice, nothing missed, and the page was not loaded again.
      expect(await page.evaluate(() => heard)).toEqual([1, 2, 3, 4])
    }

    it('keeps its connection and what it shows where it is drawn anew', async () => {
      await server.edit('draft', 'final')
      await server.send(3)
      await until('final first open open open 1,2,3 1,2,3')
      await server.send(4)
      await until('final first open open open 1,2,3,4 1,2,3,4')
      await hasOneConnectionEach()
    })

    it('goes on where it was where it is made anew', async () => {
      await server.edit("'first'", "'second'")
      await server.send(3)
      await until('draft second open open open 1,2,3 1,2,3')
      await server.send(4)
      await until('draft second open open open 1,2,3,4 1,2,3,4')
      await hasOneConnectionEach()
    })
  })
}
