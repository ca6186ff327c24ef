import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findBrowser } from './findBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'
import { packagedChromium } from './packagedChromium.ts'

describe('the lookup of the browser', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-browser-'))
  })

  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function program(name: string, exitCode = 0): Promise<string> {
    const path = join(directory, name)
    await writeFile(path, `#!/bin/sh\nexit ${exitCode}\n`)
    await chmod(path, 0o755)
    return path
  }

  const packaged = () => Promise.resolve({ executablePath: '/packaged' })

  it('takes the browser that CHROMIUM_PATH names before any other', async () => {
    await program('chromium')
    const named = await program('named')
    expect(await findBrowser({ env: { CHROMIUM_PATH: named, PATH: directory }, packaged })).toEqual({
      executablePath: named,
    })
  })

  it('refuses a CHROMIUM_PATH that names no program, although there are other browsers', async () => {
    await program('chromium')
    const missing = join(directory, 'missing')
    await expect(findBrowser({ env: { CHROMIUM_PATH: missing, PATH: directory }, packaged })).rejects.toThrow(
      `CHROMIUM_PATH is "${missing}", and there is no program of that name.`,
    )
  })

  it.each(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])(
    'takes %s from the PATH before the npm package',
    async (name) => {
      const executablePath = await program(name)
      expect(await findBrowser({ env: { PATH: `relative:/nowhere:${directory}` }, packaged })).toEqual({
        executablePath,
      })
    },
  )

  it('passes over a program that does not answer', async () => {
    await program('chromium', 1)
    await program('chromium-browser', 127)
    const executablePath = await program('google-chrome')
    expect(await findBrowser({ env: { PATH: directory }, packaged })).toEqual({ executablePath })
  })

  it('takes the npm package where the system has no browser', async () => {
    await writeFile(join(directory, 'chromium'), 'not a program')
    expect(await findBrowser({ env: { PATH: directory }, packaged })).toEqual({ executablePath: '/packaged' })
  })

  it('finds nothing where there is nothing', async () => {
    expect(await findBrowser({ env: {}, packaged: () => Promise.resolve(undefined) })).toBeUndefined()
  })

  // Never skipped: what a platform cannot do, it has to say.
  const isPackaged = process.platform === 'linux' && process.arch === 'x64'
  it('starts the browser of the npm package, and finds none where it holds none', isPackaged ? start : findNothing)

  async function start(): Promise<void> {
    const found = await packagedChromium()
    if (!found) throw new Error('@sparticuz/chromium is a devDependency, and was not found.')
    await using browser = await launchBrowser({}, found)
    const page = await browser.newPage()
    await page.setContent('<p>Hello</p>')
    expect(await page.innerText('p')).toBe('Hello')
  }

  async function findNothing(): Promise<void> {
    expect(await packagedChromium()).toBeUndefined()
  }
})
