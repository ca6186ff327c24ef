import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MUTATIONS } from './mutations.ts'

/** Runs the model on hubs that lack one rule each, in a copy of the sources. Fails if one of them passes. */
const ROOT = resolve(import.meta.dirname, '../../../..')
const only = process.argv[2]

const copy = mkdtempSync(join(tmpdir(), 'hub-mutants-'))
for (const part of ['protocol/package.json', 'protocol/src', 'server/package.json', 'server/src', 'server/test']) {
  cpSync(join(ROOT, 'packages', part), join(copy, 'packages', part), { recursive: true })
}
mkdirSync(join(copy, 'packages/server/node_modules/@tidewire'), { recursive: true })
symlinkSync(join(copy, 'packages/protocol'), join(copy, 'packages/server/node_modules/@tidewire/protocol'))
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))

function runModel(): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=tidewire-source', join(copy, 'packages/server/test/hubModel/run.ts'), '--brief'],
    { env: { ...process.env, RUNS: process.env['RUNS'] ?? '30000' }, encoding: 'utf8', timeout: 900_000 },
  )
  return { status, text: stdout + stderr }
}

let survivors = 0
for (const { rule, file, from, to } of MUTATIONS) {
  if (only !== undefined && !rule.startsWith(only)) continue
  const path = join(copy, 'packages/server/src/hub', `${file}.ts`)
  const source = readFileSync(path, 'utf8')
  const [before, after, more] = source.split(from)
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error(`Expected ${file}.ts to hold once: ${from}`)
  }
  writeFileSync(path, before + to + after)
  const { status, text } = runModel()
  writeFileSync(path, source)
  // One that never ends is not caught.
  const isCaught = status !== null && status !== 0
  if (!isCaught) survivors++
  const [, runs = '?'] = /: (\d+) runs/.exec(text) ?? []
  const [reason = ''] = /Error: [^\n]*/.exec(text) ?? []
  console.log(`${isCaught ? 'caught' : 'SURVIVED'} after ${runs} runs: ${rule}. ${reason.slice(0, 110)}`)
}
rmSync(copy, { recursive: true })
console.log(survivors === 0 ? 'All were caught.' : `${survivors} survived.`)
process.exitCode = survivors === 0 ? 0 : 1
