import type { TestProject } from 'vitest/node'
import { findBrowser, type FoundBrowser } from './findBrowser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The browser of this run, or null. */
    browser: FoundBrowser | null
  }
}

/** Why the browser tests do not run, and what to do about it. */
export const NO_BROWSER =
  'There is no browser: install Chromium (`apt-get install chromium`) or Chrome, or name one in CHROMIUM_PATH.'

/** Vitest's global set-up: finds the browser once for all test files, and says so once where there is none. */
export async function setup(project: TestProject): Promise<void> {
  const browser = (await findBrowser()) ?? null
  if (!browser) console.warn(`\n!!! BROWSER TESTS ARE SKIPPED. ${NO_BROWSER}\n`)
  project.provide('browser', browser)
}
