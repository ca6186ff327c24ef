import { describe, inject, it } from 'vitest'
import { NO_BROWSER } from './setup.ts'

/**
 * Vitest's `describe` for tests that need a browser. Where there is none, they are skipped; with `CI=true` they fail,
 * because nobody reads what a passing build has skipped.
 */
export function describeBrowser(name: string, tests: () => void): void {
  if (inject('browser')) describe(name, tests)
  else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('finds a browser', () => {
        throw new Error(NO_BROWSER)
      })
    })
  } else describe.skip(name, tests)
}
