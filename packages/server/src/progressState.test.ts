import { describe, expect, it } from 'vitest'
import type { ProgressUpdate } from './index.ts'
import { ProgressState } from './progressState.ts'

function percentAfter(...updates: ProgressUpdate[]): number | undefined {
  const state = new ProgressState()
  for (const update of updates) state.update(update)
  return state.at(0).percent
}

describe('ProgressState', () => {
  it('is unknown where nothing was reported', () => {
    expect(JSON.stringify(new ProgressState().at(0))).toBe('{}')
  })

  it('keeps what an update leaves out', () => {
    const state = new ProgressState()
    state.update({ percent: 10, message: 'Resizing' })
    state.update({ percent: 20 })
    state.update({ loaded: 3 })
    expect(state.at(0)).toMatchObject({ percent: 20, message: 'Resizing', loaded: 3 })
  })

  it('clamps the percent and never lets it go back', () => {
    expect(percentAfter({ percent: -1 })).toBe(0)
    expect(percentAfter({ percent: 1e9 })).toBe(100)
    expect(percentAfter({ percent: 40 }, { percent: 30 })).toBe(40)
    expect(percentAfter({ loaded: 9, total: 10 }, { loaded: 1 })).toBe(90)
  })

  it('says 100 percent of nothing that is not done', () => {
    expect(percentAfter({ percent: 99.996 })).toBe(99.99)
    expect(percentAfter({ loaded: 999_999, total: 1_000_000 })).toBe(99.99)
    expect(percentAfter({ percent: 100 })).toBe(100)
    expect(percentAfter({ percent: 0.29 })).toBe(0.29)
  })

  it('knows no percent of a task without a total', () => {
    const state = new ProgressState()
    state.update({ loaded: 5 })
    expect(JSON.parse(JSON.stringify(state.at(0)))).toEqual({ loaded: 5 })
    state.update({ total: 10 })
    expect(state.at(0).percent).toBe(50)
  })

  it.each([Number.NaN, Infinity, -Infinity, '50', 50n, null, {}, Symbol('50')])(
    'leaves out what is no number: %o',
    (bad) => {
      const state = new ProgressState()
      state.update({ percent: 40, loaded: 4, total: 10 })
      state.update({ percent: bad as never, loaded: bad as never, total: bad as never })
      expect(state.at(0)).toMatchObject({ percent: 40, loaded: 4, total: 10 })
    },
  )

  it('leaves out a negative count, and a message that is no text', () => {
    const state = new ProgressState()
    state.update({ loaded: 5, total: 10, message: 'Resizing' })
    state.update({ loaded: -1, total: -1, message: 7 as never })
    expect(state.at(0)).toMatchObject({ percent: 50, loaded: 5, total: 10, message: 'Resizing' })
  })

  it('follows the percent from loaded and total where it was told one that is no number', () => {
    expect(percentAfter({ percent: Number.NaN, loaded: 1, total: 4 })).toBe(25)
  })

  it('follows the percent from loaded and total, unless it is told', () => {
    expect(percentAfter({ loaded: 1, total: 3 })).toBe(33.33)
    expect(percentAfter({ total: 4 }, { loaded: 1 })).toBe(25)
    expect(percentAfter({ loaded: 1, total: 4, percent: 50 })).toBe(50)
    expect(percentAfter({ loaded: 1 })).toBeUndefined()
    expect(percentAfter({ loaded: 0, total: 0 })).toBeUndefined()
    expect(percentAfter({ loaded: 5, total: 4 })).toBe(100)
  })

  it('tells rate and time left once they are known', () => {
    const state = new ProgressState()
    state.update({ loaded: 0, total: 10_000 })
    expect(state.at(0)).toMatchObject({ rate: undefined, timeLeft: undefined })
    state.update({ loaded: 2000 })
    expect(state.at(1000)).toMatchObject({ percent: 20, rate: 2000, timeLeft: 4000 })
    state.update({ loaded: 10_000 })
    expect(state.at(5000)).toMatchObject({ percent: 100, rate: 2000, timeLeft: 0 })
  })

  it('tells the time left of a percent alone', () => {
    const state = new ProgressState()
    state.update({ percent: 50 })
    state.at(0)
    state.update({ percent: 60 })
    expect(state.at(1000)).toMatchObject({ rate: undefined, timeLeft: 4000 })
  })

  it('tells no negative rate where the units fall', () => {
    const state = new ProgressState()
    state.update({ loaded: 1000, total: 2000 })
    state.at(0)
    state.update({ loaded: 500 })
    expect(state.at(1000)).toMatchObject({ loaded: 500, rate: 0 })
    state.update({ loaded: 600 })
    expect(state.at(2000).rate).toBeGreaterThan(0)
  })

  it('tells no number that JSON does not have', () => {
    const state = new ProgressState()
    state.update({ percent: 0, loaded: 0 })
    state.at(0)
    state.update({ percent: 1, loaded: Number.MAX_VALUE })
    expect(state.at(300)).toMatchObject({ loaded: Number.MAX_VALUE, rate: undefined })
    // After half an hour without a step the pace is all but nothing, and the time left beyond the largest number.
    for (let minutes = 30; minutes < 45; minutes += 0.1) {
      const { timeLeft = 0 } = state.at(minutes * 60_000)
      expect(timeLeft, `after ${minutes} minutes`).toBeLessThan(Infinity)
    }
  })

  it('tells no time left while nothing has moved', () => {
    const state = new ProgressState()
    state.update({ loaded: 5, total: 10 })
    state.at(0)
    expect(state.at(1000)).toMatchObject({ rate: 0, timeLeft: undefined })
  })
})
