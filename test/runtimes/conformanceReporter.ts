import type { Reporter, TestCase } from 'vitest/node'
import { hostKinds } from './hosts.ts'

type Outcome = 'pass' | 'FAIL' | 'exception' | 'skipped'

const SIGNS: Record<Outcome, string> = { pass: '✓', FAIL: '✗', exception: 'e', skipped: '-' }

/** Prints one table: a row for each case, a column for each host. */
// oxlint-disable-next-line import/no-default-export -- Vitest takes a reporter by it
export default class ConformanceReporter implements Reporter {
  readonly #table = new Map<string, Map<string, Outcome>>()

  onTestCaseResult(test: TestCase): void {
    const host = test.parent.type === 'suite' ? test.parent.name : ''
    if (!hostKinds.some(({ name }) => name === host)) return
    const row = this.#table.get(test.name) ?? new Map<string, Outcome>()
    row.set(host, outcomeOf(test))
    this.#table.set(test.name, row)
    if (test.result().state === 'failed') console.log(`${test.fullName}\n${test.result().errors?.[0]?.stack}\n`)
  }

  onTestRunEnd(): void {
    const hosts = hostKinds.map(({ name }) => name)
    const width = Math.max(...[...this.#table.keys()].map((title) => title.length))
    const counts: Record<Outcome, number> = { pass: 0, FAIL: 0, exception: 0, skipped: 0 }
    // Names stand upright: a column is two characters wide.
    const height = Math.max(...hosts.map((name) => name.length))
    for (let line = 0; line < height; line++) {
      console.log(`${' '.repeat(width)}  ${hosts.map((name) => name.padStart(height)[line]).join(' ')}`)
    }
    for (const [title, row] of this.#table) {
      const outcomes = hosts.map((name) => row.get(name) ?? 'skipped')
      for (const outcome of outcomes) counts[outcome]++
      console.log(`${title.padEnd(width)}  ${outcomes.map((outcome) => SIGNS[outcome]).join(' ')}`)
    }
    const total = Object.entries(counts).map(([outcome, count]) => `${SIGNS[outcome as Outcome]} ${outcome} ${count}`)
    console.log(`\n${total.join('   ')}   docs/runtimes.md explains each exception.`)
  }
}

function outcomeOf(test: TestCase): Outcome {
  const { state } = test.result()
  if (state === 'failed') return 'FAIL'
  if (state !== 'passed') return 'skipped'
  return 'isException' in test.meta() ? 'exception' : 'pass'
}
