import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('shows in docs/query.md exactly the recipes that are tested', async () => {
  const page = await readFile(join(import.meta.dirname, '../docs/query.md'), 'utf8')
  // The other blocks begin with the name of a file, and are compiled.
  const shown = [...page.matchAll(/^```ts\n(import .*?)^```$/gms)].map(([, code]) => code)
  const recipes = join(import.meta.dirname, 'query/recipes')
  const names = await readdir(recipes)
  const tested = await Promise.all(names.map((name) => readFile(join(recipes, name), 'utf8')))
  expect(new Set(shown)).toEqual(new Set(tested))
})
