import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const recipes = join(import.meta.dirname, 'recipes')

it('shows in docs/frameworks.md exactly the recipes that are tested', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/frameworks.md'), 'utf8')
  const shown = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
  const files = (await readdir(recipes, { recursive: true })).filter((name) => /(?<!\.d)\.ts$/.test(name))
  const tested = await Promise.all(files.map((name) => readFile(join(recipes, name), 'utf8')))
  expect(new Set(shown)).toEqual(new Set(tested))
})

// Apart from the others, since decorators of parameters need an option of the compiler.
it('shows a controller that compiles', { timeout: 60_000 }, async () => {
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc')
  await expect(promisify(execFile)(tsc, ['-p', join(recipes, 'nest')])).resolves.toMatchObject({ stderr: '' })
})
