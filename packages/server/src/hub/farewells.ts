/** How long a reader may take to get the end of its response, in milliseconds. */
const GRACE = 5_000

/** A response that was ended, and has not come to its end. */
export interface Leaving {
  cutOff(): void
}

/** Cuts off the responses that were ended and whose readers do not take that: they would hold them for ever. */
export class Farewells {
  readonly #timers = new Map<Leaving, ReturnType<typeof setTimeout>>()
  readonly #ends = new Set<Promise<void>>()

  /** Waits for the end of a response, so many milliseconds; `closed` resolves with it. */
  add(response: Leaving, closed: Promise<void>, grace: number = GRACE): void {
    const timer = setTimeout(() => response.cutOff(), grace)
    this.#timers.set(response, timer)
    const ended = closed.then(() => {
      clearTimeout(timer)
      this.#timers.delete(response)
      this.#ends.delete(ended)
    })
    this.#ends.add(ended)
  }

  /** Resolves when those that wait now have come to their ends. */
  async settled(): Promise<void> {
    await Promise.all(this.#ends)
  }

  /** Waits no longer. */
  close(): void {
    for (const [response, timer] of this.#timers) {
      clearTimeout(timer)
      response.cutOff()
    }
    this.#timers.clear()
  }
}
