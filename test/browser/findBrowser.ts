import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { packagedChromium } from './packagedChromium.ts'

/** A browser that can be started. */
export interface FoundBrowser {
  executablePath: string
  /** What its process needs beside the environment of this one. */
  env?: Record<string, string> | undefined
}

/** Where to look, for a test of the lookup; the defaults are this process's own. */
export interface FindBrowserOptions {
  env?: NodeJS.ProcessEnv | undefined
  platform?: NodeJS.Platform | undefined
  packaged?: (() => Promise<FoundBrowser | undefined>) | undefined
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC_APPS = ['Chromium.app/Contents/MacOS/Chromium', 'Google Chrome.app/Contents/MacOS/Google Chrome']

/**
 * Finds a Chromium: the one that `CHROMIUM_PATH` names, the system's Chromium or Chrome, or the one inside the npm
 * package `@sparticuz/chromium`, in this order. Nothing is downloaded.
 *
 * Resolves with undefined where there is none, and rejects where `CHROMIUM_PATH` names no program: who sets it wants
 * that browser and no other.
 */
export async function findBrowser(options: FindBrowserOptions = {}): Promise<FoundBrowser | undefined> {
  const { env = process.env, platform = process.platform, packaged = packagedChromium } = options
  const named = env['CHROMIUM_PATH']
  if (named) {
    if (await isProgram(named)) return { executablePath: named }
    throw new Error(`CHROMIUM_PATH is ${JSON.stringify(named)}, and there is no program of that name.`)
  }
  const directories = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const candidates = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)))
  if (platform === 'darwin') {
    const applications = ['/Applications', join(env['HOME'] ?? '/', 'Applications')]
    candidates.push(...MAC_APPS.flatMap((app) => applications.map((directory) => join(directory, app))))
  }
  for (const executablePath of candidates) {
    if ((await isProgram(executablePath)) && (await answers(executablePath))) return { executablePath }
  }
  return packaged()
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Ubuntu's `chromium-browser` may be a script that only says that a snap is missing. */
async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 20_000 }, (error) => resolve(error === null))
  })
}
