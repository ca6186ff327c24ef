import { expect, it } from 'vitest'
import { createRing } from './ring.ts'

const fill = (max: number, count: number) => {
  const ring = createRing<number>([])
  for (let value = 1; value <= count; value++) ring.push(value, max)
  return ring.list
}

it('keeps the last, oldest first', () => {
  expect(fill(3, 2)).toEqual([1, 2])
  expect(fill(3, 3)).toEqual([1, 2, 3])
  for (let count = 4; count < 20; count++) expect(fill(3, count)).toEqual([count - 2, count - 1, count])
})

it('keeps none where none is asked for, and all where all are', () => {
  expect(fill(0, 10)).toEqual([])
  expect(fill(Infinity, 10)).toHaveLength(10)
})

it('keeps as many as were asked for last', () => {
  const ring = createRing<number>([])
  for (let value = 1; value <= 9; value++) ring.push(value, 9)
  ring.push(10, 2)
  expect(ring.list).toEqual([9, 10])
  ring.push(11, 4)
  ring.push(12, 4)
  expect(ring.list.slice(-2)).toEqual([11, 12])
})

it('begins with what it is given, and leaves that alone', () => {
  const initial = [1, 2, 3]
  const ring = createRing(initial)
  expect(ring.list).toEqual([1, 2, 3])
  ring.push(4, 2)
  expect(ring.list).toEqual([3, 4])
  expect(initial).toEqual([1, 2, 3])
})

it('gives the same list until the next is added, and never changes one that it gave', () => {
  const ring = createRing<number>([])
  expect(ring.list).toBe(ring.list)
  for (let value = 1; value <= 5; value++) {
    const before = ring.list
    const copy = [...before]
    ring.push(value, 3)
    expect(before).toEqual(copy)
    expect(ring.list).not.toBe(before)
    expect(ring.list).toBe(ring.list)
  }
})

it('holds a bounded number, and moves none for most', () => {
  const ring = createRing<number>([])
  const start = performance.now()
  for (let value = 0; value < 1_000_000; value++) ring.push(value, 10_000)
  expect(ring.list).toHaveLength(10_000)
  expect(ring.list.at(-1)).toBe(999_999)
  // A list that is moved for each value takes ten billion moves.
  expect(performance.now() - start).toBeLessThan(2000)
})
