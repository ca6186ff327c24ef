import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createEventStream } from '@tidewire/client'
import { afterAll, beforeAll, expect, it } from 'vitest'

// A page's blocks are files of one folder, named by their first lines.
const pages = [
  'README.md',
  'docs/client.md',
  'docs/fallbacks.md',
  'docs/hub.md',
  'docs/react-vue.md',
  'docs/streams.md',
  'docs/tabs.md',
]

// What a page registers counts for all of its program: one that shows another contract is a program of its own.
const apart = ['docs/query.md']

// The playground has every package and both frameworks. The code lies elsewhere: a running `pnpm dev` would reload its
// pages, and two runs of the tests would share a folder.
const playground = join(import.meta.dirname, '../apps/playground')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'tidewire-readme-'))
  await symlink(join(playground, 'node_modules'), join(folder, 'node_modules'), 'dir')
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(playground, 'tsconfig.json'), include: ['**/*'], exclude: apart }),
  )
  for (const page of [...pages, ...apart]) {
    const text = await readFile(join(import.meta.dirname, '..', page), 'utf8')
    await mkdir(join(folder, page), { recursive: true })
    for (const [, name = '', code = ''] of text.matchAll(/^```\w+\n(?:\/\/|<!--) (\S+\.\w+)(?: -->)?\n(.*?)^```$/gms)) {
      await writeFile(join(folder, page, name), code)
    }
  }
  for (const page of apart) {
    const config = { extends: join(playground, 'tsconfig.json'), include: ['**/*'] }
    await writeFile(join(folder, page, 'tsconfig.json'), JSON.stringify(config))
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it.each(['.', ...apart])('shows code that compiles: %s', { timeout: 60_000 }, async (page) => {
  const vueTsc = join(playground, 'node_modules/.bin/vue-tsc')
  await expect(promisify(execFile)(vueTsc, ['-p', join(folder, page)])).resolves.toMatchObject({ stderr: '' })
})

it('shows a server that the client can follow', { timeout: 20_000 }, async () => {
  const port = await freePort()
  const server = spawn(process.execPath, ['--conditions=tidewire-source', join(folder, 'README.md/server.ts')], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const ticks: unknown[] = []
    const stream = createEventStream(`http://localhost:${port}`, { retry: { delay: 50, jitter: 'none' } })
    const ended = once(server, 'exit').then(([code]) => {
      throw new Error(`The server of the README has ended with code ${code}.`)
    })
    const followed = new Promise<void>((resolve) => {
      stream.on('tick', (tick) => ticks.push(tick) === 2 && resolve())
    })
    await Promise.race([followed, ended]).finally(() => stream.close())
    expect(ticks).toEqual([{ n: 1 }, { n: 2 }])
    expect(stream.lastEventId).toBe('2')
  } finally {
    if (server.exitCode === null) {
      const exited = once(server, 'exit')
      server.kill()
      await exited
    }
  }
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
