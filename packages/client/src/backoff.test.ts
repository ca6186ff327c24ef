import { getEventListeners } from 'node:events'
import { SSEError } from '@tidewire/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isTransient, nextDelay, sleep } from './backoff.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const bounds = (options: Parameters<typeof nextDelay>[0], attempts: number[], floor = 0) =>
  attempts.map((attempt) => nextDelay({ jitter: 'none', ...options }, attempt, floor))

describe('nextDelay', () => {
  it('grows from one second by half to thirty seconds', () => {
    expect(bounds({}, [1, 2, 3, 9, 10, 1000])).toEqual([1000, 1500, 2250, 25_628.90625, 30_000, 30_000])
  })

  it('takes delay, multiplier and maxDelay', () => {
    expect(bounds({ delay: 10, multiplier: 2, maxDelay: 35 }, [1, 2, 3, 4])).toEqual([10, 20, 35, 35])
    expect(bounds({ delay: 10, multiplier: 1 }, [1, 50])).toEqual([10, 10])
  })

  it('never bounds a delay below the first one', () => {
    expect(bounds({ delay: 60_000 }, [1, 2])).toEqual([60_000, 60_000])
    expect(bounds({ maxDelay: 300 }, [1, 2])).toEqual([300, 300])
  })

  it('waits a random part of the bound, from none to all of it', () => {
    for (const part of [0, 0.25, 0.999]) {
      vi.spyOn(Math, 'random').mockReturnValue(part)
      expect(nextDelay({}, 2, 0)).toBe(1500 * part)
    }
  })

  it('never waits less than the server asks for, and may wait longer than maxDelay for it', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect(nextDelay({}, 1, 700)).toBe(700)
    expect(nextDelay({ maxDelay: 2000 }, 1, 5000)).toBe(5000)
  })

  it('never overflows a timeout', () => {
    expect(bounds({}, [1], 99_999_999_999_999)).toEqual([2 ** 31 - 1])
    expect(bounds({}, [1], Infinity)).toEqual([2 ** 31 - 1])
    expect(bounds({ delay: Infinity }, [1, 2])).toEqual([2 ** 31 - 1, 2 ** 31 - 1])
  })

  it('stays a number where the delay is 0 and the attempts are many', () => {
    expect(bounds({ delay: 0 }, [1, 5000])).toEqual([0, 0])
  })

  it('ends after maxAttempts', () => {
    expect(bounds({ delay: 1, maxAttempts: 2 }, [1, 2, 3])).toEqual([1, 1.5, undefined])
    expect(bounds({ maxAttempts: 0 }, [1])).toEqual([undefined])
  })
})

describe('isTransient', () => {
  it('takes 408, 425, 429 and 5xx for passing, and every other status for final', () => {
    const retried = [205, 301, 400, 401, 403, 404, 408, 410, 418, 425, 429, 500, 502, 503, 504, 599].filter((status) =>
      isTransient(new SSEError('http-status', '', { status })),
    )
    expect(retried).toEqual([408, 425, 429, 500, 502, 503, 504, 599])
    expect(isTransient(new SSEError('content-type', '', { status: 200 }))).toBe(false)
  })

  it('takes a lost connection for passing, and what is wrong with the request or the data for final', () => {
    const codes = ['network', 'disconnected', 'server', 'headers', 'too-large', 'invalid-request'] as const
    expect(codes.filter((code) => isTransient(new SSEError(code, '')))).toEqual([
      'network',
      'disconnected',
      'server',
      'headers',
    ])
  })
})

describe('sleep', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('resolves after its time, and leaves no listener', async () => {
    const { signal } = new AbortController()
    const slept = vi.fn()
    const done = sleep(100, signal).then(slept)
    await vi.advanceTimersByTimeAsync(99)
    expect(slept).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await done
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('resolves at an abort, and leaves no timer', async () => {
    const controller = new AbortController()
    const done = sleep(100, controller.signal)
    controller.abort()
    await done
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})
