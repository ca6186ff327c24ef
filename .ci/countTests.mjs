// Adds up the JSON reports of Vitest that are named as arguments, and prints `N passed, N failed`.
// Plain JavaScript: it also runs where the installation failed, and there is only the machine's own Node.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

let passed = 0
let failed = 0
for (const path of process.argv.slice(2)) {
  const suite = basename(path, '.json')
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    console.log(`${suite}: there is no report, which counts as one failure.`)
    failed++
    continue
  }
  let failures = 0
  for (const { name, status, assertionResults } of report.testResults) {
    // A file that could not be loaded has no tests to fail.
    if (status === 'failed' && !assertionResults.some((result) => result.status === 'failed')) {
      console.log(`${suite}: failed outside of its tests: ${name}`)
      failures++
    }
    for (const result of assertionResults) {
      if (result.status === 'passed') passed++
      else if (result.status === 'failed') failures++
      else {
        // Nobody would see it, and a test that does not run tests nothing.
        console.log(`${suite}: skipped, which counts as one failure: ${name}: ${result.fullName}`)
        failures++
      }
    }
  }
  if (!report.success && failures === 0) {
    console.log(`${suite}: failed outside of its files, which counts as one failure.`)
    failures++
  }
  failed += failures
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
