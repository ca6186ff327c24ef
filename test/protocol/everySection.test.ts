import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clauses } from './clauses.ts'

it('every section of PROTOCOL.md has its file of tests', () => {
  const sections = new Set([...clauses.keys()].map((clause) => Number(clause.split('.', 1)[0])))
  const files = readdirSync(import.meta.dirname).filter((file) => /^section\d+\.test\.ts$/.test(file))
  expect(files.map((file) => Number(/\d+/.exec(file)?.[0])).toSorted((a, b) => a - b)).toEqual([...sections])
})
