import { HTTPFailure } from './http.ts'

export interface RateLimitOptions {
  /** How often something may be done within `window`. */
  max: number
  /** Milliseconds. */
  window: number
}

/** Makes a function that throws an `HTTPFailure` where somebody does too much. */
export function createRateLimit({ max, window }: RateLimitOptions): (who: object) => void {
  const times = new WeakMap<object, number[]>()
  return (who) => {
    const now = performance.now()
    const recent = (times.get(who) ?? []).filter((time) => time > now - window)
    const [oldest = now] = recent
    if (recent.length >= max) {
      const wait = Math.ceil((oldest + window - now) / 1000)
      throw new HTTPFailure(429, 'too-fast', `That was too fast. Try again in ${wait} s.`, { 'Retry-After': `${wait}` })
    }
    times.set(who, [...recent, now])
  }
}
