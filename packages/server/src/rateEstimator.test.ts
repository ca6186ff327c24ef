import { describe, expect, it } from 'vitest'
import { RateEstimator } from './rateEstimator.ts'

/** Feeds one sample per 50 ms and returns the last estimate. */
function feed(estimator: RateEstimator, from: number, seconds: number, valueAt: (time: number) => number) {
  let rate: number | undefined
  for (let time = from; time <= from + seconds * 1000; time += 50) rate = estimator.sample(valueAt(time), time)
  return rate
}

describe('RateEstimator', () => {
  it('knows nothing before it has watched for a while', () => {
    const estimator = new RateEstimator()
    expect(estimator.sample(0, 1000)).toBeUndefined()
    expect(estimator.sample(10, 1000)).toBeUndefined()
    expect(estimator.sample(20, 1001)).toBeUndefined()
    expect(estimator.sample(400, 1200)).toBeDefined()
  })

  it('is right at once about a steady pace', () => {
    expect(feed(new RateEstimator(), 5000, 0.2, (time) => time * 3)).toBeCloseTo(3000)
    expect(feed(new RateEstimator(), 5000, 60, (time) => time * 3)).toBeCloseTo(3000)
  })

  it('counts from the first value, not from zero', () => {
    expect(feed(new RateEstimator(), 0, 1, (time) => 1e9 + time)).toBeCloseTo(1000)
  })

  it('follows a change of pace within seconds', () => {
    const estimator = new RateEstimator()
    feed(estimator, 0, 20, (time) => time)
    const soon = feed(estimator, 20_000, 1, (time) => 20_000 + (time - 20_000) * 10)
    expect(soon).toBeGreaterThan(3000)
    expect(soon).toBeLessThan(6000)
    const later = feed(estimator, 21_000, 15, (time) => 20_000 + (time - 20_000) * 10)
    expect(later).toBeGreaterThan(9900)
  })

  it('sinks while nothing moves', () => {
    const estimator = new RateEstimator()
    feed(estimator, 0, 10, (time) => time)
    expect(feed(estimator, 10_050, 10, () => 10_000)).toBeLessThan(50)
  })
})
