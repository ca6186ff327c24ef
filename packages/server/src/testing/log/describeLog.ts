import { appendCases } from './appendCases.ts'
import { endCases } from './endCases.ts'
import { feedCases } from './feedCases.ts'
import { keepCases } from './keepCases.ts'
import { lastCases } from './lastCases.ts'
import { createLogFixture, type LogPair } from './logFixture.ts'
import { readCases } from './readCases.ts'

/** What a test runner has to have: Vitest, `node:test` and `bun:test` do. */
export interface TestRunner {
  /** Makes a suite. */
  describe: (name: string, suite: () => void) => unknown
  /** Makes a test. */
  it: (title: string, test: () => Promise<void>) => unknown
}

const PARTS = {
  append: appendCases,
  read: readCases,
  retention: keepCases,
  last: lastCases,
  feed: feedCases,
  end: endCases,
}

/**
 * States what every log behind a hub does, test by test: what an `SSELog` of your own has to pass. `openLog` is called for each
 * test, which closes what it returns.
 *
 * @example
 * describeLog('my log', async () => ({ here: await connect(), there: await connect() }), { describe, it })
 */
export function describeLog(
  name: string,
  openLog: () => LogPair | Promise<LogPair>,
  { describe, it }: TestRunner,
): void {
  describe(`${name}, a log`, () => {
    for (const [part, cases] of Object.entries(PARTS)) {
      describe(part, () => {
        for (const [title, run] of Object.entries(cases)) {
          it(title, async () => {
            const { here, there } = await openLog()
            try {
              await run(createLogFixture({ here, there }))
            } finally {
              await here.close()
              await there.close()
            }
          })
        }
      })
    }
  })
}
