import { join } from 'node:path'
import { createSSEHub, type SSEHub } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../interop/startServer.ts'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'
import type * as tabsPage from './tabsPage.ts'

declare const tab: typeof tabsPage

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describeBrowser('tabs of one browser', () => {
  let browser: Browser
  let script: string

  beforeAll(async () => {
    browser = await launchBrowser()
    script = await bundlePage()
  })
  afterAll(() => browser.close())

  /** A hub, over HTTP/1.1, and a browser that opens its page. */
  async function start() {
    const hub: SSEHub = createSSEHub()
    hub.channel('a')
    hub.channel('b')
    const answer = toNodeHandler(hub)
    const { origin, requests } = await startServer((req, res) => {
      if (req.url?.startsWith('/_sse')) void answer(req, res)
      else res.setHeader('Content-Type', 'text/html').end(`<!doctype html><script>${script}</script>`)
    })
    const context = await browser.newContext()
    onTestFinished(async () => {
      await context.close()
      await hub.close()
    })
    const streams = () => requests.filter(({ method, url }) => method === 'GET' && url?.startsWith('/_sse')).length
    const publish = async (name: string, from: number, to: number) => {
      for (const n of range(from, to)) await hub.to(name).data(n)
    }
    return { hub, streams, publish, open: (count: number) => openTabs(context, origin, count) }
  }

  const follow = (page: Page, ...names: string[]) => page.evaluate((names) => tab.follow(names), names)
  const heard = (page: Page, name = 'a') => page.evaluate((name) => tab.heard(name), name)
  const messages = async (page: Page, name = 'a') => (await heard(page, name)).filter((entry) => entry !== 'open')
  const until = (page: Page, entry: string, name = 'a') =>
    expect.poll(() => heard(page, name), { timeout: 20_000, interval: 10 }).toContain(entry)

  /** The one that holds the connection. */
  async function leaderOf(pages: Page[]): Promise<Page> {
    for (;;) for (const page of pages) if (await page.evaluate(() => tab.leads())) return page
  }

  it.each([6, 10])('share one connection: %i of them', async (count) => {
    const { hub, streams, publish, open } = await start()
    const pages = await open(count)
    for (const page of pages) await follow(page, 'a')
    await Promise.all(pages.map((page) => until(page, 'open')))
    await publish('a', 1, 100)
    await Promise.all(pages.map((page) => until(page, '100')))
    for (const page of pages) expect(await messages(page)).toEqual(range(1, 100).map(String))
    expect(hub.connectionCount).toBe(1)
    expect(streams()).toBe(1)
  })

  it('follow and leave channels over it', async () => {
    const { hub, streams, publish, open } = await start()
    const [one, two] = (await open(2)) as [Page, Page]
    // It is the first that holds the connection, so that the other can leave it.
    await follow(one, 'a')
    await until(one, 'open')
    await follow(two, 'b')
    await until(two, 'open', 'b')
    await follow(two, 'a')
    await until(two, 'open')
    await publish('a', 1, 10)
    await publish('b', 1, 10)
    await Promise.all([until(one, '10'), until(two, '10'), until(two, '10', 'b')])
    expect(await heard(one, 'b')).toEqual([])
    await two.evaluate(() => tab.close())
    await expect.poll(() => hub.subscriberCount('b')).toBe(0)
    expect(hub.subscriberCount('a')).toBe(1)
    expect(streams()).toBe(1)
  })

  it('lose nothing where the one that holds it is closed, or crashes', async () => {
    const { hub, streams, publish, open } = await start()
    const pages = await open(6)
    for (const page of pages) await follow(page, 'a')
    await Promise.all(pages.map((page) => until(page, 'open')))
    for (const index of range(0, 3)) {
      const leader = await leaderOf(pages)
      // It leads before it has asked for anything.
      await expect.poll(streams).toBe(index + 1)
      pages.splice(pages.indexOf(leader), 1)
      const publishing = publish('a', index * 100 + 1, index * 100 + 100)
      await (index % 2 === 0 ? leader.close() : crash(leader))
      await publishing
    }
    await publish('a', 401, 410)
    await Promise.all(pages.map((page) => until(page, '410')))
    for (const page of pages) expect(await messages(page)).toEqual(range(1, 410).map(String))
    await expect.poll(() => hub.connectionCount).toBe(1)
    expect(streams()).toBe(5)
  })

  it('lose nothing where the one that holds it hangs, and take it as one of them when it goes on', async () => {
    const { hub, streams, publish, open } = await start()
    const pages = await open(3)
    for (const page of pages) await follow(page, 'a')
    await Promise.all(pages.map((page) => until(page, 'open')))
    await publish('a', 1, 10)
    await Promise.all(pages.map((page) => until(page, '10')))
    const leader = await leaderOf(pages)
    const others = pages.filter((page) => page !== leader)
    const session = await leader.context().newCDPSession(leader)
    await session.send('Debugger.enable')
    await session.send('Debugger.pause')
    await publish('a', 11, 20)
    await Promise.all(others.map((page) => until(page, '20')))
    await publish('a', 21, 30)
    await session.send('Debugger.resume')
    await session.send('Debugger.disable')
    await publish('a', 31, 40)
    await Promise.all(pages.map((page) => until(page, '40')))
    for (const page of pages) expect(await messages(page)).toEqual(range(1, 40).map(String))
    await expect.poll(() => hub.connectionCount).toBe(1)
    expect(streams()).toBe(2)
  })

  it('lose nothing where the browser freezes the one that holds it', async () => {
    const { hub, publish, open } = await start()
    const pages = await open(3)
    for (const page of pages) await follow(page, 'a')
    await Promise.all(pages.map((page) => until(page, 'open')))
    const leader = await leaderOf(pages)
    const session = await leader.context().newCDPSession(leader)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await publish('a', 1, 20)
    await Promise.all(pages.filter((page) => page !== leader).map((page) => until(page, '20')))
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await publish('a', 21, 30)
    await Promise.all(pages.map((page) => until(page, '30')))
    for (const page of pages) expect(await messages(page)).toEqual(range(1, 30).map(String))
    expect(hub.connectionCount).toBe(1)
  })

  it('leave nothing behind', async () => {
    const { hub, open } = await start()
    const pages = await open(3)
    for (const page of pages) await follow(page, 'a')
    await Promise.all(pages.map((page) => until(page, 'open')))
    for (const page of pages) await page.evaluate(() => tab.close())
    await expect.poll(() => hub.connectionCount, { timeout: 5000 }).toBe(0)
    await expect.poll(() => pages[0]?.evaluate(() => tab.countLocks()), { timeout: 5000 }).toBe(0)
  })
})

function openTabs(context: BrowserContext, origin: string, count: number): Promise<Page[]> {
  return Promise.all(
    range(1, count).map(async () => {
      const page = await context.newPage()
      await page.goto(origin)
      return page
    }),
  )
}

async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  // It never arrives.
  page.goto('chrome://crash').catch(() => {})
  await crashed
}

async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'tabsPage.ts'),
    resolve: { conditionNames: ['tidewire-source', 'browser', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'tab' })
  await bundle.close()
  return output[0].code
}
