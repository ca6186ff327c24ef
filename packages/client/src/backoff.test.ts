import { SSEError } from '@tidewire/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextDelay, type RetryOptions } from './backoff.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const lost = new SSEError('network', '')

const bounds = (options: RetryOptions, attempts: number[], floor = 0) =>
  attempts.map((attempt) => nextDelay({ jitter: 'none', ...options }, lost, attempt, floor))

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
      expect(nextDelay({}, lost, 2, 0)).toBe(1500 * part)
    }
  })

  it('never waits less than the server asks for, and may wait longer than maxDelay for it', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect(nextDelay({}, lost, 1, 700)).toBe(700)
    expect(nextDelay({ maxDelay: 2000 }, lost, 1, 5000)).toBe(5000)
  })

  it('waits no longer than an hour for what the server asks for', () => {
    expect(bounds({}, [1], 3_599_999)).toEqual([3_599_999])
    expect(bounds({}, [1], 99_999_999_999_999)).toEqual([3_600_000])
    expect(bounds({}, [1], Infinity)).toEqual([3_600_000])
    expect(bounds({ delay: 7_200_000 }, [1], Infinity)).toEqual([7_200_000])
  })

  it('never overflows a timeout', () => {
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

describe('another attempt', () => {
  const isMade = (error: SSEError, when?: RetryOptions['when']) => nextDelay({ when }, error, 1, 0) !== undefined

  it('is made after 408, 425, 429 and 5xx, and after no other status', () => {
    const retried = [205, 301, 400, 401, 403, 404, 408, 410, 418, 425, 429, 500, 502, 503, 504, 599].filter((status) =>
      isMade(new SSEError('http-status', '', { status })),
    )
    expect(retried).toEqual([408, 425, 429, 500, 502, 503, 504, 599])
    expect(isMade(new SSEError('content-type', '', { status: 200 }))).toBe(false)
  })

  it('is made after a lost connection, and not where the request or the data is wrong', () => {
    const codes = ['network', 'disconnected', 'server', 'headers', 'too-large', 'invalid-request'] as const
    expect(codes.filter((code) => isMade(new SSEError(code, '')))).toEqual([
      'network',
      'disconnected',
      'server',
      'headers',
    ])
  })

  it('is made where `when` says so', () => {
    expect(isMade(new SSEError('http-status', '', { status: 404 }), () => true)).toBe(true)
    expect(isMade(lost, () => false)).toBe(false)
  })
})
