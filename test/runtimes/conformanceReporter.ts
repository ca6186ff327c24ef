import type { Reporter, TestCase } from 'vitest/node'
import { type HostKind, hostKinds, type Way } from './hosts.ts'

type Outcome = 'pass' | 'FAIL' | 'exception' | 'not applicable' | 'skipped'

const SIGNS: Record<Outcome, string> = { pass: '✓', FAIL: '✗', exception: 'e', 'not applicable': '·', skipped: '-' }

/** Prints one table: a row for each case, a column for each host. */
// oxlint-disable-next-line import/no-default-export -- Vitest takes a reporter by it
export default class ConformanceReporter implements Reporter {
  readonly #table = new Map<string, Map<string, Outcome>>()
  /** The cases that only one way in has. */
  readonly #ways = new Map<string, Way>()

  onTestCaseResult(test: TestCase): void {
    const host = test.parent.type === 'suite' ? test.parent.name : ''
    if (!hostKinds.some(({ name }) => name === host)) return
    const row = this.#table.get(test.name) ?? new Map<string, Outcome>()
    row.set(host, outcomeOf(test))
    this.#table.set(test.name, row)
    const { way } = test.meta() as { way?: Way }
    if (way) this.#ways.set(test.name, way)
    if (test.result().state === 'failed') console.log(`${test.fullName}\n${test.result().errors?.[0]?.stack}\n`)
  }

  onTestRunEnd(): void {
    const hosts = hostKinds.map(({ name }) => name)
    const width = Math.max(...[...this.#table.keys()].map((title) => title.length))
    const counts: Record<Outcome, number> = { pass: 0, FAIL: 0, exception: 0, 'not applicable': 0, skipped: 0 }
    // Names stand upright: a column is two characters wide.
    const height = Math.max(...hosts.map((name) => name.length))
    for (let line = 0; line < height; line++) {
      console.log(`${' '.repeat(width)}  ${hosts.map((name) => name.padStart(height)[line]).join(' ')}`)
    }
    for (const [title, row] of this.#table) {
      const outcomes = hostKinds.map((kind) => row.get(kind.name) ?? this.#absence(title, kind))
      for (const outcome of outcomes) counts[outcome]++
      console.log(`${title.padEnd(width)}  ${outcomes.map((outcome) => SIGNS[outcome]).join(' ')}`)
    }
    const total = Object.entries(counts).map(([outcome, count]) => `${SIGNS[outcome as Outcome]} ${outcome} ${count}`)
    console.log(`\n${total.join('   ')}   docs/runtimes.md explains each exception, and what is not applicable.`)
  }

  #absence(title: string, { way }: HostKind): Outcome {
    return (this.#ways.get(title) ?? way) === way ? 'skipped' : 'not applicable'
  }
}

function outcomeOf(test: TestCase): Outcome {
  const { state } = test.result()
  if (state === 'failed') return 'FAIL'
  if (state !== 'passed') return 'skipped'
  return 'isException' in test.meta() ? 'exception' : 'pass'
}
