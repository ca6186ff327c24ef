import { expect, it } from 'vitest'
import { SparseSet } from './sparseSet.ts'

it('has what was added, until that is deleted', () => {
  const set = new SparseSet<string>()
  expect([set.size, set.has('a'), [...set]]).toEqual([0, false, []])
  set.add('a')
  set.add('b')
  set.add('a')
  expect([set.size, set.has('a'), [...set]]).toEqual([2, true, ['a', 'b']])
  set.delete('a')
  set.delete('a')
  set.delete('b')
  set.delete('never')
  expect([set.size, set.has('a'), [...set]]).toEqual([0, false, []])
  set.add('c')
  expect([...set]).toEqual(['c'])
})

it('visits what is added while it is iterated over, also where the one before is deleted', () => {
  const set = new SparseSet<number>()
  set.add(1)
  const seen: number[] = []
  for (const n of set) {
    seen.push(n)
    if (n < 3) set.add(n + 1)
    set.delete(n)
  }
  expect(seen).toEqual([1, 2, 3])
  expect(set.size).toBe(0)
})
