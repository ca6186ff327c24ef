import fc from 'fast-check'
import { modelProperty, run } from './property.ts'

/** Runs the model of the client many times. Prints the seed and the smallest steps that fail. */
const RUNS = Number(process.env['RUNS'] ?? 10_000)
// For mutants, of which it is enough to know that they fail.
const isBrief = process.argv.includes('--brief')
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

const start = performance.now()
const result = await fc.check(modelProperty(), { seed, numRuns: RUNS, endOnFailure: isBrief })
const seconds = Math.round((performance.now() - start) / 1000)
console.log(`seed ${seed}: ${result.numRuns} runs in ${seconds} s, ${result.failed ? 'one failed' : 'none failed'}`)
if (result.failed && result.counterexample) {
  process.exitCode = 1
  console.log(String(result.errorInstance))
  const [setting, steps] = result.counterexample as Parameters<typeof run>
  if (!isBrief) console.log(JSON.stringify(setting))
  if (!isBrief) await run(setting, steps, console.log).catch((error: unknown) => console.error(error))
}
