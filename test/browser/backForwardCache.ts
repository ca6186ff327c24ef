import type { Browser, Page } from 'playwright-core'

declare global {
  /** Whether the page was shown again as it was left. */
  var wasKept: boolean | undefined
}

/**
 * Finds out whether a browser keeps a page for the way back that gives it no reason not to. A Chromium that has no windows
 * at all, as that of a package, keeps none.
 */
export async function keepsPages(browser: Browser, origin: string): Promise<boolean> {
  const page = await browser.newPage()
  try {
    await page.goto(origin)
    const comeBack = await leave(page, true)
    await comeBack()
    return await page.evaluate(() => globalThis.wasKept ?? false)
  } finally {
    await page.close()
  }
}

/**
 * Leaves a page for another one, and returns the function that goes back. A page that will not be kept is not left: it is
 * only told so.
 */
export async function leave(page: Page, isKept: boolean): Promise<() => Promise<void>> {
  await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.wasKept = persisted)))
  const tell = (name: string) =>
    page.evaluate((name) => void dispatchEvent(new PageTransitionEvent(name, { persisted: true })), name)
  if (!isKept) {
    await tell('pagehide')
    return () => tell('pageshow')
  }
  const here = page.url()
  await page.goto(new URL('?elsewhere', here).href)
  return async () => {
    // A page that was kept does not load.
    await page.goBack({ waitUntil: 'commit' })
    await page.waitForFunction((here) => location.href === here, here)
  }
}
