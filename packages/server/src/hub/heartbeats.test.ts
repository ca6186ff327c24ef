import { describe, expect, it, vi } from 'vitest'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { type Beating, Heartbeats } from './heartbeats.ts'

useFakeTimers()

/** A member that counts its beats. */
function member(onBeat: () => void = () => {}): Beating & { beats: number } {
  return {
    beats: 0,
    beat() {
      this.beats++
      onBeat()
    },
  }
}

describe('heartbeats', () => {
  it('beat once in each interval, from at most one interval on', () => {
    const heartbeats = new Heartbeats()
    const members = Array.from({ length: 20 }, () => member())
    for (const each of members) heartbeats.set(each, 1_000)
    vi.advanceTimersByTime(1_000)
    expect(members.map(({ beats }) => beats)).toEqual(Array(20).fill(1))
    vi.advanceTimersByTime(9_000)
    expect(members.map(({ beats }) => beats)).toEqual(Array(20).fill(10))
    for (const each of members) heartbeats.delete(each)
  })

  it('have one timer, however many members and intervals there are', () => {
    const heartbeats = new Heartbeats()
    const members = Array.from({ length: 100 }, () => member())
    for (const [index, each] of members.entries()) heartbeats.set(each, 100 * ((index % 5) + 1))
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(950)
    expect(vi.getTimerCount()).toBe(1)
    for (const each of members) heartbeats.delete(each)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are spread, so that not all beat at once', () => {
    const heartbeats = new Heartbeats()
    let most = 0
    let now = 0
    const members = Array.from({ length: 80 }, () => member(() => (most = Math.max(most, ++now))))
    for (const each of members) heartbeats.set(each, 800)
    for (let time = 0; time < 800; time++) {
      now = 0
      vi.advanceTimersByTime(1)
    }
    expect(most).toBeLessThanOrEqual(20)
    for (const each of members) heartbeats.delete(each)
  })

  it('change their interval', () => {
    const heartbeats = new Heartbeats()
    const [a, b] = [member(), member()]
    heartbeats.set(a, 10_000)
    heartbeats.set(b, 10_000)
    heartbeats.set(a, 100)
    vi.advanceTimersByTime(1_000)
    expect([a.beats, b.beats]).toEqual([10, 0])
    heartbeats.set(a, 10_000)
    vi.advanceTimersByTime(10_000)
    expect([a.beats, b.beats]).toEqual([11, 1])
    heartbeats.delete(a)
    heartbeats.delete(b)
  })

  it('are not made up for after a sleep', () => {
    const heartbeats = new Heartbeats()
    const sleeper = member()
    heartbeats.set(sleeper, 100)
    vi.advanceTimersByTime(100)
    const { beats } = sleeper
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_600_000)
    vi.advanceTimersToNextTimer()
    expect(sleeper.beats).toBe(beats + 1)
    now.mockRestore()
    heartbeats.delete(sleeper)
  })

  it('may end, or change, while they beat', () => {
    const heartbeats = new Heartbeats()
    const others = [member(), member()] as const
    const leaving = member(() => {
      heartbeats.delete(leaving)
      heartbeats.delete(others[0])
      heartbeats.set(others[1], 50)
    })
    heartbeats.set(leaving, 100)
    for (const other of others) heartbeats.set(other, 100)
    vi.advanceTimersByTime(200)
    expect(leaving.beats).toBe(1)
    expect(others[0].beats).toBeLessThanOrEqual(1)
    expect(others[1].beats).toBeGreaterThanOrEqual(2)
    heartbeats.delete(others[1])
    heartbeats.delete(others[1])
  })

  it('end at once', () => {
    const heartbeats = new Heartbeats()
    const each = member()
    heartbeats.set(each, 100)
    heartbeats.close()
    vi.advanceTimersByTime(1_000)
    expect(each.beats).toBe(0)
  })
})
