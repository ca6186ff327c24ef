import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Application, startApplication } from '../ssr/startApplication.ts'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'

for (const framework of ['react', 'vue'] as const) {
  describeBrowser(`a page that a server has rendered with ${framework}`, () => {
    let application: Application
    let browser: Browser

    beforeAll(async () => {
      application = await startApplication(framework)
      browser = await launchBrowser()
    })

    afterAll(async () => {
      await browser?.close()
      await application?.close()
    })

    it('goes on without a gap and without a mismatch, from what was known when it was rendered', async () => {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      await application.happen()
      await application.happen()
      // Before the page arrives, and then while it connects.
      application.onRendered = application.happen
      await page.goto(application.origin)
      await application.happen()
      const text = (id: string) => page.locator(`#${id}`).textContent()
      await expect.poll(() => text('status')).toBe('open open open 1 running')
      await application.happen()
      await expect.poll(() => text('ticks')).toBe('1,2,3,4,5')
      await expect.poll(() => text('titles')).toBe('title1,title2,title3,title4,title5')
      expect(complaints).toEqual([])
      expect(application.requests.filter(({ url }) => url === '/api/ticks')).toHaveLength(1)
      expect(application.streams).toBe(2)
      await page.close()
      await expect.poll(() => application.streams).toBe(0)
    })
  })
}
