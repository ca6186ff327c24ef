interface Timer {
  time: number
  readonly every: number | undefined
  readonly call: () => void
}

// Never back, from one run to the next: what is shared by all clients looks at it, too.
let time = 1_000_000

/** A clock that goes on when it is told to, so that a run is the same each time. */
export class Clock {
  readonly #timers = new Set<Timer>()
  readonly #real = { setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now, random: Math.random }

  /** Takes the place of the platform's. */
  install(): void {
    const begin = (call: (...args: unknown[]) => void, delay = 0, args: unknown[], every?: number) => {
      const timer: Timer = { time: time + Math.max(1, delay), every, call: () => call(...args) }
      this.#timers.add(timer)
      return Object.assign(timer, { unref: () => timer, ref: () => timer })
    }
    const stop = (timer: Timer) => void this.#timers.delete(timer)
    Object.assign(globalThis, {
      setTimeout: (call: () => void, delay?: number, ...args: unknown[]) => begin(call, delay, args),
      setInterval: (call: () => void, delay = 1, ...args: unknown[]) => begin(call, delay, args, delay),
      clearTimeout: stop,
      clearInterval: stop,
    })
    Date.now = () => time
    let count = 0
    Math.random = () => (count++ * 0.618) % 1
    Object.defineProperty(performance, 'now', { value: () => time, configurable: true })
  }

  restore(): void {
    const { now, random, ...timers } = this.#real
    Object.assign(globalThis, timers)
    Date.now = now
    Math.random = random
    Reflect.deleteProperty(performance, 'now')
  }

  /** Lets time pass, with a turn after each timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = time + milliseconds
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      time = timer.time
      if (timer.every === undefined) this.#timers.delete(timer)
      else timer.time += timer.every
      timer.call()
      await turn()
    }
    time = end
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (timer.time <= end && timer.time < (next?.time ?? Infinity)) next = timer
    return next
  }
}

/** Resolves when everything has happened that waits for no time. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 2; count++) await new Promise((resolve) => setImmediate(resolve))
}
