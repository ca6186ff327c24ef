import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleEntry } from './bundleEntry.ts'
import type { Host } from './hosts.ts'

const PROTOCOLS = { http: 'http', https: 'https', http2: 'h2' }

/** How long a process may take to end by itself, in milliseconds. */
const GRACE = 5000

/** What Deno says once to everyone who listens to the signal of a request. */
const DENO_NOTE = /^Deno\.serve: request\.signal aborts on successful responses .*\n/

/** Starts the application in a process of its own. */
export async function startProcess(
  [program = '', ...flags]: string[],
  entry: string,
  way: keyof typeof PROTOCOLS = 'http',
): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-runtime-'))
  const file = await bundleEntry(entry, folder)
  const child = spawn(program, [...flags, file, way], {
    env: { ...process.env, DENO_DIR: folder, DENO_NO_UPDATE_CHECK: '1', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    void exited.then(() => reject(new Error(`${program} did not start: ${complaints}`)))
  })
  return {
    origin: `${PROTOCOLS[way]}://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE)
      const [code, signal] = await exited
      clearTimeout(timer)
      await rm(folder, { recursive: true, force: true })
      complaints = complaints.replace(DENO_NOTE, '')
      const ending = code === 0 ? '' : `It ended with ${code ?? signal}. `
      return ending + complaints === '' ? undefined : ending + complaints
    },
  }
}
