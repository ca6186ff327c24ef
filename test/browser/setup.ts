import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildPlayground } from './buildPlayground.ts'
import { findBrowser, type FoundBrowser } from './findBrowser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The browser of this run, or null. */
    browser: FoundBrowser | null
    /** The directory with the build of the playground's pages. */
    playgroundBuild: string
  }
}

/** Why the browser tests do not run, and what to do about it. */
export const NO_BROWSER =
  'There is no browser: install Chromium (`apt-get install chromium`) or Chrome, or name one in CHROMIUM_PATH.'

/**
 * Vitest's global set-up: finds the browser once for all test files, and says so once where there is none; and builds the
 * playground's pages once, as from source each page would take a second to load.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browser = (await findBrowser()) ?? null
  if (!browser) console.warn(`\n!!! BROWSER TESTS ARE SKIPPED. ${NO_BROWSER}\n`)
  project.provide('browser', browser)
  const directory = await mkdtemp(join(tmpdir(), 'tidewire-pages-'))
  project.provide('playgroundBuild', directory)
  if (browser) await buildPlayground(directory)
  return () => rm(directory, { recursive: true })
}
