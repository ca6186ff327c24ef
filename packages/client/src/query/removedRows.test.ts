import { expect, it } from 'vitest'
import { RemovedRows } from './removedRows.ts'

it('knows with which version a row was removed, whatever it is told later', () => {
  const removed = new RemovedRows()
  removed.add('a', 3)
  removed.add('a', 2)
  expect(removed.has('a', 3)).toBe(true)
  expect(removed.has('a', 4)).toBe(false)
  removed.add('a', 4)
  expect(removed.has('a', 4)).toBe(true)
  expect(removed.has('b', 1)).toBe(false)
})

it('knows nothing of what has no version', () => {
  const removed = new RemovedRows()
  removed.add('a', undefined)
  expect(removed.has('a', 1)).toBe(false)
  removed.add('a', 3)
  expect(removed.has('a', undefined)).toBe(false)
})

it('forgets the oldest removal where there are too many', () => {
  const removed = new RemovedRows()
  for (let name = 0; name < 1000; name++) removed.add(String(name), 1)
  removed.add('0', 2)
  removed.add('1000', 1)
  expect(removed.has('1', 1)).toBe(false)
  expect(['0', '2', '1000'].map((name) => removed.has(name, 1))).toEqual([true, true, true])
})
