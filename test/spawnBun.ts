import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** The program; not every machine can have it. */
export const bun = join(import.meta.dirname, 'runtimes/node_modules/bun/bin/bun.exe')

const conditions = process.env['TIDEWIRE_DIST'] ? [] : ['--conditions=tidewire-source']

/** Runs a file in Bun, which talks by messages. */
export function spawnBun(file: string): ChildProcess {
  return spawn(bun, [...conditions, file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'json' })
}
