import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'tidewire-playground-'

/**
 * Makes the directory for files on their way, and clears away those of servers that were killed before they could. Its
 * name cannot be guessed, so nobody can have put something else in its place.
 */
export function createUploadDirectory(parent: string = tmpdir()): { path: string; remove: () => void } {
  for (const name of readdirSync(parent)) {
    const pid = /^(\d+)-\w{6}$/.exec(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '')?.[1]
    if (pid && !isAlive(Number(pid))) removeOwn(join(parent, name))
  }
  const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`))
  return { path, remove: () => removeOwn(path) }
}

/** Removes a directory of this user. A link, another user's directory or a failure is no reason not to start. */
function removeOwn(path: string): void {
  try {
    const stats = lstatSync(path)
    if (stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid))
      rmSync(path, { recursive: true, force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') console.error(error)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
