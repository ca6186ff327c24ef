import { expect, it } from 'vitest'
import { Journal, tick } from './journal.ts'

const event = (seq: number, text = '') => ({ event: 'e', data: seq, id: `a.${seq}`, text })
const ids = (entries: ReturnType<Journal['after']>) => entries?.map((entry) => entry.event.id)

it('tells what came after a position that it reaches back to', () => {
  const journal = new Journal()
  expect(journal.after('a.1')).toBeUndefined()
  journal.begin('a.1')
  journal.add(event(3))
  journal.add(event(5))
  expect(ids(journal.after('a.1'))).toEqual(['a.3', 'a.5'])
  expect(ids(journal.after('a.4'))).toEqual(['a.5'])
  expect(ids(journal.after('a.9'))).toEqual([])
  expect(journal.after('a.0')).toBeUndefined()
  expect(journal.after('b.7')).toBeUndefined()
})

it('tells what came after a moment that it reaches back to', () => {
  const journal = new Journal()
  const before = tick()
  expect(journal.afterTime(before)).toBeUndefined()
  journal.begin('a.1')
  const between = tick()
  journal.add(event(3))
  expect(ids(journal.afterTime(between))).toEqual(['a.3'])
  expect(ids(journal.afterTime(tick()))).toEqual([])
  expect(journal.afterTime(before)).toBeUndefined()
})

it('knows its position', () => {
  const journal = new Journal()
  expect(journal.position).toBe('')
  journal.begin('a.1')
  expect(journal.position).toBe('a.1')
  journal.add(event(3))
  expect(journal.position).toBe('a.3')
  journal.begin('b.1')
  expect(journal.position).toBe('b.1')
})

it('tells nothing, of whatever position or moment, once it was cleared, until it begins again', () => {
  const journal = new Journal()
  journal.begin('a.1')
  journal.add(event(3))
  journal.clear()
  expect(journal.entries).toEqual([])
  expect(journal.after('a.3')).toBeUndefined()
  expect(journal.afterTime(tick())).toBeUndefined()
  expect(journal.position).toBe('')
  journal.begin('a.5')
  expect(journal.after('a.5')).toEqual([])
})

it('keeps no more events than it may, and no more text, and says that it does not reach back any more', () => {
  const journal = new Journal()
  journal.begin('a.0')
  for (let seq = 1; seq <= 2001; seq++) journal.add(event(seq))
  expect(journal.after('a.0')).toBeUndefined()
  expect(journal.after('a.1')).toHaveLength(2000)
  const moment = tick()
  for (let seq = 3000; seq < 3010; seq++) journal.add(event(seq, 'x'.repeat(1024 * 1024)))
  expect(journal.after('a.3004')).toBeUndefined()
  expect(ids(journal.after('a.3005'))).toEqual(['a.3006', 'a.3007', 'a.3008', 'a.3009'])
  expect(journal.afterTime(moment)).toBeUndefined()
})
