import { type Listed, MemoryList } from './memoryList.ts'

/** How long an answer is known by its key, in milliseconds. */
export const KEY_AGE = 120_000

/** How many answers are known at most; the oldest one gives way. */
export const MAX_KEYS = 10_000

interface Known<T> extends Listed<Known<T>> {
  readonly key: string
  readonly answer: T
  readonly time: number
}

/** The answers to the last appends that had a key. */
export class MemoryKeys<T> {
  readonly #known = new Map<string, Known<T>>()
  readonly #order = new MemoryList<Known<T>>()

  /** Returns the answer that was given to a key, as long as that is known. */
  get(key: string, now: number): T | undefined {
    this.#forget(now)
    return this.#known.get(key)?.answer
  }

  /** Takes down the answer to a key that has none. */
  set(key: string, answer: T, now: number): void {
    const known = { key, answer, time: now, list: undefined, older: undefined, newer: undefined }
    this.#known.set(key, known)
    this.#order.push(known)
    this.#forget(now)
  }

  #forget(now: number): void {
    let { oldest } = this.#order
    while (oldest && (this.#order.size > MAX_KEYS || oldest.time <= now - KEY_AGE)) {
      this.#order.remove(oldest)
      this.#known.delete(oldest.key)
      oldest = this.#order.oldest
    }
  }
}
