import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { useUIFixtures } from './uiFixtures.ts'
import type { Shown } from './uiPage.ts'

/** How long something may take, in milliseconds. */
const PATIENCE = { timeout: 10_000 }

const pages = { react: 'uiReactPage.tsx', vue: 'uiVuePage.ts' }

for (const [framework, entry] of Object.entries(pages)) {
  describeBrowser(`a component of ${framework} that somebody moves`, () => {
    const fixtures = useUIFixtures(entry)
    let page: Page

    beforeEach(async () => {
      fixtures.requests.length = 0
      page = await fixtures.open()
    })

    afterEach(async () => {
      await page.context().close()
      await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
    })

    const show = (shown: Shown = {}) => page.evaluate((shown) => ui.show(shown), shown)
    const until = (expected: string) => expect.poll(() => page.textContent('body'), PATIENCE).toBe(expected)
    const left = () => expect.poll(() => fixtures.connections, PATIENCE).toBe(0)

    it('asks for the new URL at once when that changes during a backoff, and never again for the old one', async () => {
      await page.clock.install()
      await show({ url: '/status/503', linger: 0 })
      await until('reconnecting ;')
      await show({ url: '/stream', linger: 0 })
      await until('open ;')
      // Over the end of the minute that the old one was to be left alone.
      await page.clock.runFor(90_000)
      fixtures.send(1)
      await until('open 1;')
      expect(fixtures.requests.map(({ url }) => url)).toEqual(['/status/503', '/stream'])
    })

    it('gives the request up that is not answered yet when it unmounts', async () => {
      await show({ url: '/stalled', linger: 0 })
      await expect.poll(() => fixtures.requests.length, PATIENCE).toBe(1)
      expect(fixtures.requests[0]?.destroyed).toBe(false)
      await page.evaluate(() => ui.hide())
      await expect.poll(() => fixtures.requests[0]?.destroyed, PATIENCE).toBe(true)
    })

    it('keeps its connection where options are written inline', async () => {
      await show({ isInline: true })
      await until('open ;')
      for (let n = 1; n <= 5; n++) {
        await show({ isInline: true, linger: n })
        fixtures.send(n)
        await until(`open ${n};`)
      }
      expect(fixtures.requests).toHaveLength(1)
    })

    it('goes on where it was when a route changes and comes back within the linger', async () => {
      await show({ linger: 20_000 })
      await until('open ;')
      await show({ count: 0 })
      await until('')
      fixtures.send(1)
      await show({ linger: 20_000 })
      await until('open 1;')
      expect(fixtures.requests).toHaveLength(1)
    })

    it('gives its connection up while it is put aside, and goes on from its position', async () => {
      await show({ linger: 0 })
      await until('open ;')
      fixtures.send(1)
      await until('open 1;')
      for (let n = 2; n <= 4; n++) {
        await show({ linger: 0, isAside: true })
        await left()
        await show({ linger: 0 })
        await until(`open ${n - 1};`)
        await expect.poll(() => fixtures.connections, PATIENCE).toBe(1)
        fixtures.send(n)
        await until(`open ${n};`)
      }
      expect(fixtures.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '2', '3'])
    })

    it('gives a boundary what ends the stream', async () => {
      await show({ url: '/status/404', isGuarded: true })
      await until('failed http-status')
    })
  })
}
