/** The most servers to which a way is known. */
const MAX_WAYS = 50

/** The longest time between two tries to get a stream through, in milliseconds. */
const MAX_PAUSE = 3_600_000

/** What is known of the way to one server: whether streams get through. */
export class Way {
  /** How many attempts were open but mute since a stream last got through. */
  mutes: number = 0
  isPolling = false
  /** Whether the server has answered a poll as a hub does. */
  isProven = false
  /** Whether it has shown that it offers no polling. */
  isRefused = false
  /** When a stream is to be tried again. */
  nextStreamAt: number = Infinity
  readonly #firstPause: number
  #pause = 0

  /** `firstPause` is the time before a stream is tried again, in milliseconds; it doubles from one try to the next. */
  constructor(firstPause: number) {
    this.#firstPause = firstPause
  }

  /** Streams do not get through. */
  beginPolling(): void {
    this.isPolling = true
    this.#pause = this.#firstPause
    this.nextStreamAt = Date.now() + this.#pause
  }

  /** A stream was tried again, and did not get through. */
  postponeStream(): void {
    this.#pause = Math.min(2 * this.#pause, Math.max(MAX_PAUSE, this.#firstPause))
    this.nextStreamAt = Date.now() + this.#pause
  }

  /** A stream has got through, or polling is no way. */
  endPolling(): void {
    this.isPolling = false
    this.mutes = 0
  }
}

/** The ways to the servers that a transport was asked to connect to. */
export class Ways {
  readonly #ways = new Map<string, Way>()
  readonly #firstPause: number

  constructor(firstPause: number) {
    this.#firstPause = firstPause
  }

  /** The way to an address. Those that were not asked for for the longest time are forgotten. */
  to(url: string): Way {
    const way = this.#ways.get(url) ?? new Way(this.#firstPause)
    this.#ways.delete(url)
    this.#ways.set(url, way)
    const [oldest] = this.#ways.keys()
    if (oldest !== undefined && this.#ways.size > MAX_WAYS) this.#ways.delete(oldest)
    return way
  }
}
