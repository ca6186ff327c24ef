import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Manifest {
  devDependencies: Record<string, string>
}

/** What the servers and readers are made with, and is none itself. */
const PARTS = ['@hono/node-server', '@tidewire/client', '@tidewire/server', '@types/node', 'graphql', 'zod']

it('names in docs/interop.md every make with the version that is tested', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/interop.md'), 'utf8')
  const { devDependencies } = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8')) as Manifest
  const makes = Object.entries(devDependencies).filter(([name]) => !PARTS.includes(name))
  const named = [...page.matchAll(/^\| (\S+ \d[\d.]*)/gm)].map(([, make]) => make)
  expect(new Set(named)).toEqual(new Set(makes.map((make) => make.join(' '))))
})
