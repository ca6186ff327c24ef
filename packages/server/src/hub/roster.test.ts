import { expect, it, vi } from 'vitest'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { Roster } from './roster.ts'

useFakeTimers()

/** A roster of members that are named by their keys. */
function makeRoster(leaveAfter = 5_000, maxShown = 100) {
  const onChange = vi.fn<() => void>()
  const roster = new Roster(leaveAfter, maxShown, onChange)
  const enter = (...keys: string[]) => {
    for (const key of keys) roster.enter(key, () => ({ id: key }))
  }
  const ids = () => roster.members.map(({ id }) => id)
  return { roster, onChange, enter, ids, leave: (key: string) => roster.leave(key) }
}

const NOTHING = { joined: [], left: [], isNew: false }

it('counts somebody once, until the last connection has been gone for a while', () => {
  const { roster, onChange, enter, leave, ids } = makeRoster()
  enter('ann', 'ann')
  expect(roster.change()).toEqual({ joined: [{ id: 'ann' }], left: [], isNew: true })
  leave('ann')
  vi.advanceTimersByTime(10_000)
  expect(ids()).toEqual(['ann'])
  leave('ann')
  vi.advanceTimersByTime(4_999)
  expect(ids()).toEqual(['ann'])
  expect(onChange).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  expect(ids()).toEqual([])
  expect(onChange).toHaveBeenCalledTimes(2)
  expect(roster.change()).toEqual({ joined: [], left: ['ann'], isNew: true })
})

it('takes whoever comes back in time for one who never left', () => {
  const { roster, onChange, enter, leave } = makeRoster()
  enter('ann')
  roster.change()
  leave('ann')
  vi.advanceTimersByTime(4_999)
  enter('ann')
  vi.advanceTimersByTime(60_000)
  expect(onChange).toHaveBeenCalledTimes(1)
  expect(roster.change()).toEqual(NOTHING)
})

it('begins the time anew with each leave', () => {
  const { enter, leave, ids } = makeRoster()
  enter('ann', 'bob')
  leave('ann')
  vi.advanceTimersByTime(3_000)
  leave('bob')
  enter('ann')
  vi.advanceTimersByTime(1_000)
  leave('ann')
  vi.advanceTimersByTime(4_000)
  expect(ids()).toEqual(['ann'])
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual([])
})

it('lets a crowd leave on one timer', () => {
  const { onChange, enter, leave } = makeRoster()
  const crowd = Array.from({ length: 1_000 }, (_, index) => `user-${index}`)
  enter(...crowd)
  for (const key of crowd) leave(key)
  expect(vi.getTimerCount()).toBe(1)
  onChange.mockClear()
  vi.advanceTimersByTime(5_000)
  expect(onChange).toHaveBeenCalledOnce()
})

it('tells nothing of who came and left between two looks', () => {
  const { roster, enter, leave } = makeRoster(0)
  enter('ann')
  leave('ann')
  vi.advanceTimersByTime(0)
  expect(roster.change()).toEqual(NOTHING)
})

it('shows so many, and the next when one of them leaves', () => {
  const { roster, enter, leave } = makeRoster(0, 2)
  enter('ann', 'bob', 'cid', 'dee')
  expect(roster.change()).toEqual({ joined: [{ id: 'ann' }, { id: 'bob' }], left: [], isNew: true })
  expect(roster.size).toBe(4)
  leave('ann')
  vi.advanceTimersByTime(0)
  expect(roster.change()).toEqual({ joined: [{ id: 'cid' }], left: ['ann'], isNew: true })
  leave('dee')
  vi.advanceTimersByTime(0)
  expect(roster.change()).toEqual({ joined: [], left: [], isNew: true })
  expect(roster.shown).toEqual([{ id: 'bob' }, { id: 'cid' }])
})

it('tells of somebody who comes again with something new to say', () => {
  const { roster, leave } = makeRoster(0)
  roster.enter('ann', () => ({ id: 'ann', info: 'Ann' }))
  roster.change()
  leave('ann')
  vi.advanceTimersByTime(0)
  roster.enter('ann', () => ({ id: 'ann', info: 'Anna' }))
  expect(roster.change()).toEqual({ joined: [{ id: 'ann', info: 'Anna' }], left: ['ann'], isNew: true })
})

it('leaves no timer when it is closed', () => {
  const { roster, enter, leave } = makeRoster()
  enter('ann')
  leave('ann')
  roster.close()
  expect(vi.getTimerCount()).toBe(0)
})
