import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The tests that the page shows. */
async function recipes(): Promise<string[]> {
  const folders = ['packages/client/src/testing', 'packages/server/src/testing']
  const names = await Promise.all(folders.map((folder) => readdir(join(root, folder))))
  const files = names.flatMap((found, index) =>
    found.filter((name) => /recipe\.test\.ts$/i.test(name)).map((name) => `${folders[index]}/${name}`),
  )
  return [...files, 'packages/react/src/testing.test.tsx', 'packages/vue/src/testing.test.ts']
}

it('shows in docs/testing.md exactly the recipes that are tested', async () => {
  const page = await readFile(join(root, 'docs/testing.md'), 'utf8')
  const shown = [...page.matchAll(/^```tsx?\n(import .*?)^```$/gms)].map(([, code]) => code)
  const tested = await Promise.all((await recipes()).map((file) => readFile(join(root, file), 'utf8')))
  expect(new Set(shown)).toEqual(new Set(tested))
  expect(shown).toHaveLength(6)
})
