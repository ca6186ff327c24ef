import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Puts the intervals of each test of a file into its hands, and proves that it leaves none. */
export function useFakeIntervals(): void {
  beforeEach(fakeIntervals)

  afterEach(() => {
    expect(vi.getTimerCount(), 'intervals left').toBe(0)
    vi.useRealTimers()
  })
}

/** Runs a test with `setTimeout` in its hands. */
export async function withFakeTimeouts(test: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  try {
    await test()
  } finally {
    fakeIntervals()
  }
}

// Not `setTimeout`, which `fetch` uses, too.
function fakeIntervals(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
}
