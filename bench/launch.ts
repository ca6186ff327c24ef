import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

/** Starts a script in a process of its own, on a core of its own where the system allows that. */
export function launch(core: number, options: readonly string[], script: string, ...args: string[]): ChildProcess {
  const node = [process.execPath, ...process.execArgv, ...options, script, ...args]
  const [command = '', ...rest] = existsSync('/usr/bin/taskset') ? ['taskset', '-c', String(core), ...node] : node
  return spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

/** The next message of a process. Rejects after two minutes without one, and when the process ends. */
export async function message<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController()
  const ended = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('The process has ended.')
  })
  const timeout = AbortSignal.timeout(120_000)
  try {
    const [value] = (await Promise.race([once(child, 'message', { signal: timeout }), ended])) as [T]
    return value
  } finally {
    ended.catch(() => {})
    over.abort()
  }
}

/** Ends a process. Resolves when it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
