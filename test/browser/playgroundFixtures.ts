import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, inject } from 'vitest'
import { launchBrowser } from './launchBrowser.ts'
import { type Playground, startPlayground } from './startPlayground.ts'

export const MIB = 2 ** 20
const LIMIT = 256 * MIB

export interface PlaygroundFixtures {
  browser: Browser
  /** The server of all tests. */
  playground: Playground
  files: Record<'large' | 'small' | 'tooLarge', string>
  makeFile: (name: string, size: number) => Promise<string>
  /** Starts another server, for a test that ends it. */
  start: (port?: number) => Promise<Playground>
  /** Starts one as `pnpm dev` does: its pages are served from source. */
  startFromSource: (port?: number) => Promise<Playground>
  /** The files that the server of all tests holds at the moment. */
  filesOnServer: () => Promise<string[]>
}

/** Starts a browser and a server before the tests of this file, and ends both after them. */
export function usePlaygroundFixtures(): PlaygroundFixtures {
  const fixtures = {} as PlaygroundFixtures
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-browser-'))
    const uploads = join(directory, 'uploads')
    await mkdir(uploads)
    const makeFile = async (name: string, size: number) => {
      const path = join(directory, name)
      await using file = await open(path, 'w')
      await file.truncate(size)
      return path
    }
    const start = (port: number, uploads: string, build = inject('playgroundBuild')) =>
      startPlayground({
        PORT: String(port),
        PLAYGROUND_UPLOAD_DIR: uploads,
        PLAYGROUND_MAX_UPLOAD: String(LIMIT),
        PLAYGROUND_BUILD_DIR: build,
      })
    Object.assign(fixtures, {
      makeFile,
      start: (port = 0) => start(port, directory),
      startFromSource: (port = 0) => start(port, directory, ''),
      files: {
        large: await makeFile('large.bin', 200 * MIB),
        small: await makeFile('small.bin', 5 * MIB),
        tooLarge: await makeFile('too-large.bin', LIMIT + MIB),
      },
      async filesOnServer() {
        const entries = await readdir(uploads, { recursive: true, withFileTypes: true })
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
      },
      browser: await launchBrowser(),
    })
    fixtures.playground = await start(0, uploads)
  })

  afterAll(async () => {
    await fixtures.browser?.close()
    await fixtures.playground?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  return fixtures
}
