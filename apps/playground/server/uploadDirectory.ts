import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'tidewire-playground-'

/**
 * Makes the directory for files on their way, and clears away those of servers that were killed before they could.
 */
export function createUploadDirectory(parent: string = tmpdir()): { path: string; remove: () => void } {
  for (const name of readdirSync(parent)) {
    const pid = /^\d+$/.exec(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '')?.[0]
    if (pid && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true })
  }
  const path = join(parent, PREFIX + process.pid)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
