import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from './startProcess.ts'
import { startWorkerd } from './startWorkerd.ts'

/** A server that runs. */
export interface Host {
  /** The address, without a path; `h2:` for HTTP/2. */
  readonly origin: string
  /** The heartbeat that it needs to notice that a reader has left, in milliseconds. */
  readonly heartbeat?: number
  /** Shuts it down in order, and says how it went: undefined where it went well. */
  stop(): Promise<string | undefined>
}

/** How a request comes in: to a handler of node's servers, or to a fetch handler. */
export type Way = 'node:http' | 'fetch'

/** A runtime and a way into it. */
export interface HostKind {
  readonly name: string
  readonly way: Way
  /** The program, where it is one that not every machine has. */
  readonly program?: string
  /** Whether its timers end with their request, and without a call. */
  readonly dropsTimers?: boolean
  start(): Promise<Host>
}

const modules = join(import.meta.dirname, 'node_modules')
const node22 = join(modules, 'node22-linux-x64/bin/node')
const node26 = join(modules, 'node26-linux-x64/bin/node')
const bun = join(modules, 'bun/bin/bun.exe')
const deno = [join(modules, 'deno/deno'), 'run', '--quiet', '--no-config', '--no-lock', '--allow-all']

export const hostKinds: readonly HostKind[] = [
  ...nodeKinds('node 22', node22),
  ...nodeKinds('node 24', process.execPath),
  ...nodeKinds('node 26', node26),
  { name: 'bun', way: 'fetch', program: bun, start: () => startProcess([bun], 'bun') },
  { name: 'bun node:http', way: 'node:http', program: bun, start: () => startProcess([bun], 'node', 'http') },
  { name: 'deno', way: 'fetch', program: deno[0]!, start: () => startProcess(deno, 'deno') },
  { name: 'deno node:http', way: 'node:http', program: deno[0]!, start: () => startProcess(deno, 'node', 'http') },
  { name: 'workerd', way: 'fetch', dropsTimers: true, start: () => startWorkerd() },
]

/** Whether this machine has the runtime. */
export function isInstalled({ program }: HostKind): boolean {
  return program === undefined || existsSync(program)
}

function nodeKinds(name: string, program: string): HostKind[] {
  return (['http', 'https', 'http2'] as const).map((way) => ({
    name: `${name} ${way}`,
    way: 'node:http',
    program,
    start: () => startProcess([program], 'node', way),
  }))
}
