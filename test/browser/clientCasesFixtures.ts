import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll } from 'vitest'
import { type MisbehavingServer, startMisbehavingServer } from '../../packages/client/test/misbehavingServer.ts'
import { keepsPages } from './backForwardCache.ts'
import { launchBrowser } from './launchBrowser.ts'

/** A server that misbehaves, and pages that have the client. */
export interface ClientFixtures {
  server: MisbehavingServer
  /** Whether the browser keeps pages for the way back. */
  keepsPages: boolean
  /** Opens a page of the server's own origin, in a context of its own. */
  open: () => Promise<{ context: BrowserContext; page: Page }>
}

/** Starts a browser and a server before the tests of this file, and ends both after them. */
export function useClientFixtures(): ClientFixtures {
  const fixtures = {} as ClientFixtures
  let browser: Browser

  beforeAll(async () => {
    const content = await bundlePage()
    const server = await startMisbehavingServer()
    // Playwright turns off what keeps a page for the way back.
    browser = await launchBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
    Object.assign(fixtures, {
      server,
      keepsPages: await keepsPages(browser, server.origin),
      async open() {
        const context = await browser.newContext()
        await context.addInitScript({ content })
        const page = await context.newPage()
        await page.goto(server.origin)
        return { context, page }
      },
    })
  })
  afterAll(async () => {
    await browser?.close()
    await fixtures.server?.close()
  })
  return fixtures
}

/** Bundles what runs in the page. */
async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'clientCasesPage.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['tidewire-source', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  return output[0].code
}
