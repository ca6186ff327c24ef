import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MUTATIONS } from './model/mutations.ts'
import { play, type Setting } from './model/play.ts'
import { QUERIES, type QueryName, type Step, step } from './model/steps.ts'
import { TRACES } from './model/traces.ts'
import type { Way } from './model/queries.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const runs = Number(process.env['RUNS'] ?? 120)
// For mutants, of which it is enough to know that they fail.
const isBrief = process.env['BRIEF'] !== undefined
const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }

/** Looks for steps after which a query does not show what is true. */
function check(way: Way, queries: fc.Arbitrary<QueryName[]>, numRuns: number, endOnFailure = false) {
  const setting: fc.Arbitrary<Setting> = fc.record({
    way: fc.constant(way),
    history: fc.constantFrom(3, 1000),
    queries,
    isVersioned: way.startsWith('ours') ? fc.boolean() : fc.constant(false),
    isLate: fc.boolean(),
    retain: fc.boolean(),
    rows: fc.nat(4),
  })
  const run = async (steps: Step[], setting: Setting) => {
    const isExcluding =
      setting.isVersioned &&
      steps.some((one) => one.do === 'mutate' && one.changes.some(({ isExcluded }) => isExcluded))
    // Of an answer that is old, as of a cache between, nobody can tell without a position: its own, or that of a change of one's own.
    const isUnplaced = way !== 'ours' || isExcluding
    const known = steps.filter((one) => !(isUnplaced && one.do === 'old') && !(isExcluding && one.do === 'visit'))
    for (const [name, [shown, truth]] of await play(known, setting)) expect(shown, name).toEqual(truth)
  }
  const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), setting, run)
  return fc.check(property, { numRuns, endOnFailure, ...seed })
}

it.each(TRACES)('shows what is true once $title', async ({ steps, setting }) => {
  const known = { history: 1000, retain: false, rows: 0, queries: ['list'], isLate: false } as const
  for (const way of ['ours', 'ours, without cursors'] as const) {
    for (const isVersioned of [false, true]) {
      const outcomes = await play(steps, { ...known, way, isVersioned, ...setting })
      for (const [name, [shown, truth]] of outcomes) expect(shown, name).toEqual(truth)
    }
  }
})

it.each(['ours', 'ours, without cursors'] as const)(
  'shows what is true once nothing happens any more: %s',
  async (way) => {
    const result = await check(way, fc.subarray([...QUERIES], { minLength: 1, maxLength: 3 }), runs, isBrief)
    if (process.env['RUNS'] !== undefined) console.log(`${way}: seed ${result.seed}, ${result.numRuns} runs`)
    if (result.failed) throw new Error(fc.defaultReportMessage(result), { cause: result.errorInstance })
  },
  3_600_000,
)

it.each(['setQueryData', 'invalidate'] as const)(
  'is not what the common way gives: %s',
  async (way) => {
    const { failed, errorInstance } = await check(way, fc.constant(['list']), 2000, true)
    expect(failed).toBe(true)
    expect(errorInstance).toMatchObject({ name: 'AssertionError', message: expect.stringContaining('list') as string })
  },
  600_000,
)

it.each(MUTATIONS)('has a mutant for: $rule', ({ file, from, to }) => {
  const source = readFileSync(join(import.meta.dirname, '../../packages/client/src', `${file}.ts`), 'utf8')
  expect(source.split(from)).toHaveLength(2)
  expect(to).not.toBe(from)
})
