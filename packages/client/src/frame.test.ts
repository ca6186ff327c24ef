import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onNextFrame } from './frame.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A browser's frames, by hand. */
function stubFrames() {
  const frames = new Map<number, () => void>()
  let count = 0
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    frames.set(++count, callback)
    return count
  })
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
  return {
    get pending() {
      return frames.size
    },
    next() {
      const due = [...frames.values()]
      frames.clear()
      for (const callback of due) callback()
    },
  }
}

describe('without frames', () => {
  it('runs all jobs with one timer', () => {
    const job = vi.fn()
    for (let i = 0; i < 10; i++) onNextFrame(job)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(50)
    expect(job).toHaveBeenCalledTimes(10)
  })

  it('leaves a whole frame between two runs, whenever the job is asked for', () => {
    const job = vi.fn()
    onNextFrame(job)
    vi.advanceTimersByTime(40)
    onNextFrame(() => {})
    vi.advanceTimersByTime(10)
    expect(job).toHaveBeenCalledTimes(1)
    onNextFrame(job)
    vi.advanceTimersByTime(49)
    expect(job).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1)
    expect(job).toHaveBeenCalledTimes(2)
  })

  it('keeps a job that is asked for by a job for the next frame', () => {
    const order: string[] = []
    const second = () => order.push('second')
    onNextFrame(() => {
      order.push('first')
      onNextFrame(second)
    })
    vi.advanceTimersByTime(50)
    expect(order).toEqual(['first'])
    vi.advanceTimersByTime(50)
    expect(order).toEqual(['first', 'second'])
  })
})

it('runs the other jobs where one throws, and reports that', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const job = vi.fn()
  const error = new Error('no')
  onNextFrame(() => {
    throw error
  })
  onNextFrame(job)
  vi.advanceTimersByTime(50)
  expect(job).toHaveBeenCalledTimes(1)
  expect(report.mock.calls).toEqual([[error]])
})

it('begins anew where a test took its fake timers, and the frame with them, away', () => {
  onNextFrame(() => {})
  vi.clearAllTimers()
  const job = vi.fn()
  vi.setSystemTime(Date.now() + 1000)
  onNextFrame(job)
  vi.advanceTimersByTime(50)
  expect(job).toHaveBeenCalledTimes(1)
})

describe('with frames', () => {
  it('runs the jobs of all streams in one frame, and leaves no timer', () => {
    const frames = stubFrames()
    const jobs = [vi.fn(), vi.fn()]
    for (const job of jobs) onNextFrame(job)
    expect(frames.pending).toBe(1)
    frames.next()
    for (const job of jobs) expect(job).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes on without frames in a hidden tab, and owes it none', () => {
    const frames = stubFrames()
    const job = vi.fn()
    for (let i = 0; i < 3; i++) {
      onNextFrame(job)
      vi.advanceTimersByTime(50)
    }
    expect(job).toHaveBeenCalledTimes(3)
    expect(frames.pending).toBe(0)
  })
})
