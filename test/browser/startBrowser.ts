import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import type { FoundBrowser } from './findBrowser.ts'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts a browser that was found. The caller closes it. */
export async function startBrowser(found: FoundBrowser, options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...options,
    executablePath: found.executablePath,
    args: [...ARGS, ...(options.args ?? [])],
    env: { ...process.env, ...found.env, ...options.env },
  })
}
