import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exceptions } from './exceptions.ts'
import { hostKinds } from './hosts.ts'

describe.each(exceptions)('the exception "$title"', ({ hosts, section }) => {
  it('names hosts', () => {
    expect(hostKinds.map(({ name }) => name)).toEqual(expect.arrayContaining([...hosts]))
  })

  it('is explained to users', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/runtimes.md'), 'utf8')
    expect(page).toContain(`## ${section}\n`)
  })
})
