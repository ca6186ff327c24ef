import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allCases } from './cases/allCases.ts'
import { exceptions } from './exceptions.ts'
import { hostKinds } from './hosts.ts'

async function expectSection(section: string): Promise<void> {
  const page = await readFile(join(import.meta.dirname, '../../docs/runtimes.md'), 'utf8')
  expect(page).toContain(`## ${section}\n`)
}

describe('a case that only one way in has', () => {
  it('is explained to users', async () => {
    const ways = new Set(allCases.map(({ way }) => way).filter((way) => way !== undefined))
    for (const way of ways) await expectSection(`What only \`${way}\` has`)
  })
})

describe.each(exceptions)('the exception "$title"', ({ hosts, section }) => {
  it('names hosts', () => {
    expect(hostKinds.map(({ name }) => name)).toEqual(expect.arrayContaining([...hosts]))
  })

  it('is explained to users', () => expectSection(section))
})
