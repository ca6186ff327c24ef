import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const fixture = `
import { expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
describeBrowser('a page', () => {
  it('loads', () => expect.unreachable())
  it('reloads', () => expect.unreachable())
})
describeBrowser('another page', () => {
  it('loads', () => expect.unreachable())
})
`

/** A checkout with the project's own Vitest configuration, and without the npm package that holds a browser. */
describe('a machine without a browser', () => {
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-no-browser-'))
    await cp(join(root, 'vite.config.ts'), join(directory, 'vite.config.ts'))
    await cp(join(root, 'scripts'), join(directory, 'scripts'), { recursive: true })
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }')
    await cp(join(root, 'test/browser'), join(directory, 'test/browser'), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
    await writeFile(join(directory, 'test/browser/page.test.ts'), fixture)
    await mkdir(join(directory, 'node_modules'))
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (name === '@sparticuz' || name.startsWith('.')) continue
      await symlink(join(root, 'node_modules', name), join(directory, 'node_modules', name))
    }
  })

  afterAll(() => rm(directory, { recursive: true, force: true }))

  async function runVitest(env: NodeJS.ProcessEnv): Promise<{ exitCode: number; output: string }> {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'browser']
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        args,
        { cwd: directory, env: { PATH: directory, NO_COLOR: '1', ...env } },
        (error, stdout, stderr) => resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr }),
      )
    })
  }

  it('skips the browser tests with one loud line that names the remedy', async () => {
    const { exitCode, output } = await runVitest({})
    expect(output).toMatch(/Tests +3 skipped/)
    expect(output.split('\n').filter((line) => line.includes('BROWSER TESTS ARE SKIPPED'))).toEqual([
      '!!! BROWSER TESTS ARE SKIPPED. There is no browser: install Chromium (`apt-get install chromium`) or Chrome, ' +
        'or name one in CHROMIUM_PATH.',
    ])
    expect(exitCode).toBe(0)
  })

  it('fails with CI=true', async () => {
    const { exitCode, output } = await runVitest({ CI: 'true' })
    expect(output).toMatch(/Tests +2 failed/)
    expect(output).toContain('Error: There is no browser: install Chromium')
    expect(exitCode).toBe(1)
  })

  it('fails where CHROMIUM_PATH names no program', async () => {
    const { exitCode, output } = await runVitest({ CHROMIUM_PATH: '/nowhere/chromium' })
    expect(output).toContain('CHROMIUM_PATH is "/nowhere/chromium", and there is no program of that name.')
    expect(exitCode).toBe(1)
  })
})
