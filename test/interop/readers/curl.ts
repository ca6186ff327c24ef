import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** A run of `curl -N`. */
export interface Curl {
  /** What it has printed so far. */
  printed: () => string
  /** Resolves with its exit status. */
  readonly ended: Promise<number>
}

/** Whether there is a curl. */
export function hasCurl(): boolean {
  return spawnSync('curl', ['--version']).status === 0
}

/** Runs `curl -N` until it ends, or the test does. */
export function runCurl(url: string, ...args: string[]): Curl {
  const child: ChildProcess = spawn('curl', ['-sN', ...args, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const ended = once(child, 'close').then(([status]) => status as number)
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  return { printed: () => text, ended }
}
