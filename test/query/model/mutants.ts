import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Mutation, MUTATIONS } from './mutations.ts'

/** Runs the model on clients that lack one rule each, in a copy of the sources. Fails if one of them passes. */
const ROOT = resolve(import.meta.dirname, '../../..')
const RUNS = process.env['RUNS'] ?? '3000'
const only = process.argv[2]

const copy = mkdtempSync(join(tmpdir(), 'query-mutants-'))
const packages = ['protocol', 'client', 'server', 'react', 'vue']
for (const part of packages.flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/src`])) {
  cpSync(join(ROOT, part), join(copy, part), { recursive: true })
}
for (const part of ['package.json', 'vite.config.ts', 'scripts', 'test/query', 'test/channels']) {
  // What is installed there is linked by relative paths.
  cpSync(join(ROOT, part), join(copy, part), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
}
symlinkSync(join(ROOT, 'test/query/node_modules'), join(copy, 'test/query/node_modules'))
// All that is installed, but for our own packages, which are those of the copy.
const modules = join(copy, 'node_modules')
mkdirSync(join(modules, '@tidewire'), { recursive: true })
for (const name of readdirSync(join(ROOT, 'node_modules'))) {
  if (name !== '@tidewire') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
}
for (const name of packages) symlinkSync(join(copy, 'packages', name), join(modules, '@tidewire', name))
const parser = join(ROOT, 'packages/client/node_modules/eventsource-parser')
symlinkSync(parser, join(modules, 'eventsource-parser'))

/** Runs what is to notice it: the model, or a test. */
function isNoticed({ test }: Pick<Mutation, 'test'>): { isCaught: boolean; reason: string } {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const [file, title] = test ?? ['liveQuery.model', 'shows what is true']
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'node', `test/query/${file}.test.ts`, '-t', title, '--bail', '1', '--no-color'],
    { cwd: copy, env: { ...process.env, RUNS, BRIEF: '1' }, encoding: 'utf8', timeout: 900_000 },
  )
  // One that takes too long is not caught by that.
  if (error) return { isCaught: false, reason: error.message }
  const output = stdout + stderr
  // Where no test ran, none failed.
  const [, failed = ''] = /FAIL[^>]*> ([^\n]*)/.exec(output) ?? []
  const [, runs] = /Property failed after (\d+) tests/.exec(output) ?? []
  const [, cause = ''] = /(?:Caused by: )?AssertionError: ([^\n]*)/.exec(output) ?? []
  const reason = `${failed}${runs ? `, after ${runs} runs` : ''}: ${cause.slice(0, 80)}`
  return { isCaught: status !== 0 && failed !== '', reason }
}

let survivors = 0
for (const mutation of [{ rule: 'none', file: 'query/index', from: '', to: '' }, ...MUTATIONS]) {
  const { rule, file, from, to } = mutation
  if (only !== undefined && !rule.includes(only)) continue
  const path = join(copy, 'packages/client/src', `${file}.ts`)
  const source = readFileSync(path, 'utf8')
  const [before, after, more] = from === '' ? ['', source] : source.split(from)
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error(`Expected ${file}.ts to hold once: ${from}`)
  }
  writeFileSync(path, before + to + after)
  const { isCaught, reason } = isNoticed(mutation)
  writeFileSync(path, source)
  if (isCaught === (rule === 'none')) survivors++
  console.log(`${isCaught ? 'caught' : rule === 'none' ? 'passed' : 'SURVIVED'}: ${rule}. ${reason}`)
}
rmSync(copy, { recursive: true })
console.log(survivors === 0 ? 'All were caught.' : `${survivors} not as expected.`)
process.exitCode = survivors === 0 ? 0 : 1
