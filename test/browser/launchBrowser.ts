import type { Browser, LaunchOptions } from 'playwright-core'
import { inject } from 'vitest'
import type { FoundBrowser } from './findBrowser.ts'
import { startBrowser } from './startBrowser.ts'

/**
 * Starts the browser that was found for this run. The caller closes it.
 *
 * @throws Error where there is none; tests inside of `describeBrowser` do not get that far.
 */
export async function launchBrowser(
  options: LaunchOptions = {},
  found: FoundBrowser | null = inject('browser'),
): Promise<Browser> {
  if (!found) throw new Error('There is no browser to launch.')
  return startBrowser(found, options)
}
