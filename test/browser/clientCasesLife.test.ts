import type { EventStreamOptions } from '@tidewire/client'
import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ReceivedRequest } from '../../packages/client/test/routes.ts'
import { leave } from './backForwardCache.ts'
import { useClientFixtures } from './clientCasesFixtures.ts'
import { describeBrowser } from './describeBrowser.ts'

/** How long something may take, in milliseconds. */
const PATIENCE = { timeout: 10_000 }

describeBrowser('a stream, in a page of Chromium,', () => {
  const fixtures = useClientFixtures()
  let context: BrowserContext
  let page: Page
  let count = 0

  beforeEach(async () => {
    ;({ context, page } = await fixtures.open())
    count++
  })
  afterEach(async () => {
    await context.close()
    // Hangs where a connection is left open.
    await fixtures.server.idle()
  })

  /** The path of a route, for one test. */
  const pathOf = (route: string) => `${route}?test=${count}`
  const requests = (route: string): ReceivedRequest[] =>
    fixtures.server.requests.filter(({ path }) => path === pathOf(route))
  const positions = (route: string) => requests(route).map(({ headers }) => headers['last-event-id'])
  const status = () => page.evaluate(() => followed.stream.status)
  const log = () => page.evaluate(() => followed.log)

  const follow = (route: string, options: EventStreamOptions = {}) =>
    page.evaluate(
      ([url, options]) => {
        globalThis.followed = client.follow(url, JSON.parse(options) as EventStreamOptions)
      },
      [pathOf(route), JSON.stringify(options)] as const,
    )
  const until = (entries: string[]) => expect.poll(log, PATIENCE).toEqual(entries)

  /** Playwright keeps every page visible, so the page is told that it is not. */
  const turn = (visibilityState: string) =>
    page.evaluate((visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibilityState })
      document.dispatchEvent(new Event('visibilitychange'))
    }, visibilityState)

  it('rests without network, and comes back with it from its position', async () => {
    await follow('/stalled-later')
    await until(['open', 'message:first'])
    await context.setOffline(true)
    await expect.poll(status, PATIENCE).toBe('paused')
    await fixtures.server.idle()
    await context.setOffline(false)
    await until(['open', 'message:first', 'open', 'message:first'])
    expect(positions('/stalled-later')).toEqual([undefined, '1'])
  })

  it('that was begun without network connects as soon as it is there', async () => {
    await context.setOffline(true)
    await follow('/stalled-later', { retry: { delay: 1_000_000, maxDelay: 1_000_000, jitter: 'none' } })
    await until(['error:network'])
    await context.setOffline(false)
    await until(['error:network', 'open', 'message:first'])
    expect(requests('/stalled-later')).toHaveLength(1)
  })

  it('has no connection while its page is kept for the way back, and comes back to life with it', async () => {
    await follow('/stalled-later')
    await until(['open', 'message:first'])
    const comeBack = await leave(page, fixtures.keepsPages)
    await fixtures.server.idle()
    await comeBack()
    await until(['open', 'message:first', 'open', 'message:first'])
    expect(await page.evaluate(() => wasKept)).toBe(true)
    expect(positions('/stalled-later')).toEqual([undefined, '1'])
  })

  it('rests while nobody sees its page, if it is asked to, and resumes', async () => {
    await follow('/stalled-later', { pauseWhenHidden: 50 })
    await until(['open', 'message:first'])
    await turn('hidden')
    await expect.poll(status, PATIENCE).toBe('paused')
    await fixtures.server.idle()
    await turn('visible')
    await until(['open', 'message:first', 'open', 'message:first'])
    expect(positions('/stalled-later')).toEqual([undefined, '1'])
  })

  it('makes one connection, however often its tab is turned to and from', async () => {
    await follow('/stalled-later', { pauseWhenHidden: 0, retry: { delay: 1 } })
    await until(['open', 'message:first'])
    for (let i = 0; i < 5; i++) {
      await turn('hidden')
      await expect.poll(status, PATIENCE).toBe('paused')
      await turn('visible')
    }
    await expect.poll(status, PATIENCE).toBe('open')
    await expect.poll(() => fixtures.server.openRequests, PATIENCE).toBe(1)
  })

  it('of a POST is neither given up nor repeated, whatever happens around it', async () => {
    await follow('/stalled-later', { body: { prompt: 'hi' }, pauseWhenHidden: 0 })
    await until(['open', 'message:first'])
    await context.setOffline(true)
    await context.setOffline(false)
    await turn('hidden')
    await turn('visible')
    await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(await status()).toBe('open')
    expect(requests('/stalled-later')).toHaveLength(1)
  })

  it('of another origin costs no preflight before it has a position, and needs leave for that', async () => {
    const elsewhere = fixtures.server.origin.replace('127.0.0.1', 'localhost')
    for (const [route, methods, expected] of [
      ['/cors', ['GET', 'OPTIONS', 'GET'], ['open', 'message:first', 'error:disconnected', 'open', 'close:complete']],
      [
        '/cors/strict',
        ['GET', 'OPTIONS'],
        ['open', 'message:first', 'error:disconnected', 'error:network', 'close:fatal'],
      ],
    ] as const) {
      await page.goto(elsewhere)
      await page.evaluate(
        (url) => {
          globalThis.followed = client.follow(url, { retry: { delay: 1, maxAttempts: 1 } })
        },
        fixtures.server.origin + pathOf(route),
      )
      await until([...expected])
      expect(requests(route).map(({ method }) => method)).toEqual(methods)
      expect(requests(route)[1]?.headers['access-control-request-headers']).toBe('last-event-id')
    }
  })
})
