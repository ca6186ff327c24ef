import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { leave } from './backForwardCache.ts'
import { describeBrowser } from './describeBrowser.ts'
import { useUIFixtures } from './uiFixtures.ts'
import type { Shown } from './uiPage.ts'

/** How long something may take, in milliseconds. */
const PATIENCE = { timeout: 10_000 }

const pages = { react: 'uiReactPage.tsx', vue: 'uiVuePage.ts' }

for (const [framework, entry] of Object.entries(pages)) {
  describeBrowser(`a page of ${framework}`, () => {
    const fixtures = useUIFixtures(entry)
    let page: Page
    let complaints: string[]

    beforeEach(async () => {
      fixtures.requests.length = 0
      complaints = []
      page = await fixtures.open()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
    })

    afterEach(async () => {
      await page.context().close()
      await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
      expect(complaints).toEqual([])
    })

    const show = (shown: Shown = {}) => page.evaluate((shown) => ui.show(shown), shown)
    const text = () => page.textContent('body')
    const until = (expected: string) => expect.poll(text, PATIENCE).toBe(expected)
    const positions = () => fixtures.requests.map(({ headers }) => headers['last-event-id'])

    /** Playwright keeps every page visible, so the page is told that it is not. */
    const turn = (visibilityState: string) =>
      page.evaluate((visibilityState) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibilityState })
        document.dispatchEvent(new Event('visibilitychange'))
      }, visibilityState)

    it('has one connection for 50 components, also where each mounts twice', async () => {
      await show({ count: 50 })
      await until('open ;'.repeat(50))
      fixtures.send(7)
      await until('open 7;'.repeat(50))
      expect(fixtures.requests).toHaveLength(1)
      await page.evaluate(() => ui.hide())
      await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
    })

    it('takes 10,000 events with at most one commit per frame, and every callback', async () => {
      await show()
      await until('open ;')
      await page.evaluate(() => {
        ui.commits.length = 0
      })
      for (let n = 0; n < 10_000; n++) {
        fixtures.send(n)
        if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
      }
      await until('open 9999;')
      const { commits, heard } = await page.evaluate(() => ({ commits: ui.commits, heard: ui.heard }))
      expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
      expect(new Set(commits).size).toBe(commits.length)
    })

    it('rests while its tab is in the background, and goes on from its position', async () => {
      await show({ pauseWhenHidden: 50 })
      await until('open ;')
      fixtures.send(1)
      await until('open 1;')
      for (let i = 0; i < 3; i++) {
        await turn('hidden')
        await until('paused 1;')
        await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
        await turn('visible')
        await until('open 1;')
      }
      expect(positions()).toEqual([undefined, '1', '1', '1'])
    })

    it('keeps its connection over a short look at another tab', async () => {
      await show({ pauseWhenHidden: 5000 })
      await until('open ;')
      await turn('hidden')
      await turn('visible')
      fixtures.send(1)
      await until('open 1;')
      expect(fixtures.requests).toHaveLength(1)
    })

    it('has no connection while it is kept for the way back, and shows what it has missed when it is back', async () => {
      await show()
      await until('open ;')
      fixtures.send(1)
      await until('open 1;')
      const comeBack = await leave(page, fixtures.keepsPages)
      await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
      fixtures.send(2)
      await comeBack()
      await until('open 2;')
      fixtures.send(3)
      await until('open 3;')
      expect(await page.evaluate(() => [wasKept, ui.heard])).toEqual([true, [1, 2, 3]])
      expect(positions()).toEqual([undefined, '1'])
    })

    it('leaves no connection, no listener, no timer and no memory after 1,000 mounts', async () => {
      await page.addInitScript(countWhatIsHeld)
      await page.reload()
      const session = await page.context().newCDPSession(page)
      const used = async () => {
        await session.send('HeapProfiler.collectGarbage')
        const { usedSize } = await session.send('Runtime.getHeapUsage')
        return usedSize
      }
      const settle = async () => {
        await expect.poll(() => fixtures.connections, PATIENCE).toBe(0)
        // Timers that are there still run out: what lingers, and the last publication.
        await expect.poll(() => page.evaluate(() => held.timers.size), PATIENCE).toBe(0)
      }
      // What is made once is made: compiled code, and the streams that are remembered, of which there are 50.
      await page.evaluate(() => ui.cycle(1000))
      await settle()
      const before = { listeners: await page.evaluate(() => held.listeners), heap: await used() }
      await page.evaluate(() => ui.cycle(1000))
      await settle()
      expect(await page.evaluate(() => held.listeners)).toBe(before.listeners)
      // A stream that is kept takes 1 kB and more; what the engine keeps of its own is a tenth of that.
      expect((await used()) - before.heap).toBeLessThan(250_000)
    })
  })
}

declare global {
  /** What a page holds at the moment. */
  var held: { listeners: number; timers: Set<unknown> }
}

/** Counts listeners and timers of the page from its beginning. Runs in the page. */
function countWhatIsHeld(): void {
  const held = { listeners: 0, timers: new Set<unknown>() }
  globalThis.held = held
  for (const target of [window, document]) {
    const known = new Set<string>()
    const ids = new WeakMap<object, number>()
    let lastId = 0
    const keyOf = (name: string, listener: object) => {
      if (!ids.has(listener)) ids.set(listener, ++lastId)
      return `${name} ${ids.get(listener)}`
    }
    const { addEventListener, removeEventListener } = target
    target.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      const key = keyOf(args[0], args[1])
      if (!known.has(key)) held.listeners++
      known.add(key)
      addEventListener.apply(target, args)
    }
    target.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      if (known.delete(keyOf(args[0], args[1]))) held.listeners--
      removeEventListener.apply(target, args)
    }
  }
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  globalThis.setTimeout = ((run: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
    const timer = setTimeout(() => {
      held.timers.delete(timer)
      run(...args)
    }, delay)
    held.timers.add(timer)
    return timer
  }) as typeof setTimeout
  globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => {
    const timer = setInterval(...args)
    held.timers.add(timer)
    return timer
  }) as typeof setInterval
  globalThis.clearTimeout = (timer) => {
    held.timers.delete(timer)
    clearTimeout(timer)
  }
  globalThis.clearInterval = (timer) => {
    held.timers.delete(timer)
    clearInterval(timer)
  }
}
