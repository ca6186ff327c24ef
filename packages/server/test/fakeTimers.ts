import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Puts the timers of each test of a file into its hands, and proves that it leaves none. */
export function useFakeTimers(): void {
  beforeEach(() => {
    // `setImmediate` stays real: it is the turn of the event loop.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })

  afterEach(() => {
    expect(vi.getTimerCount(), 'timers left').toBe(0)
    vi.useRealTimers()
  })
}
