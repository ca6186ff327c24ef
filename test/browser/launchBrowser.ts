import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { inject } from 'vitest'
import type { FoundBrowser } from './findBrowser.ts'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

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
  return chromium.launch({
    ...options,
    executablePath: found.executablePath,
    args: [...ARGS, ...(options.args ?? [])],
    env: { ...process.env, ...found.env, ...options.env },
  })
}
