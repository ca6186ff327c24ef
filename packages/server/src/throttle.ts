/** Calls at most once per interval: at once after a pause, else when the interval is over. */
export class Throttle {
  readonly #call: () => boolean
  readonly #interval: number
  #isPending = false
  #isStopped = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** The call returns false to be tried again after the next interval. */
  constructor(call: () => boolean, interval: number) {
    this.#call = call
    this.#interval = interval
  }

  /** Asks for a call. */
  request(): void {
    if (this.#isStopped) return
    this.#isPending = true
    if (this.#timer === undefined) this.#tick()
  }

  /** Calls no more. Returns whether a call was still asked for. */
  stop(): boolean {
    clearTimeout(this.#timer)
    const wasPending = this.#isPending
    this.#isPending = false
    this.#isStopped = true
    return wasPending
  }

  #tick(): void {
    this.#timer = undefined
    if (!this.#isPending) return
    this.#isPending = !this.#call()
    this.#timer = setTimeout(() => this.#tick(), this.#interval)
  }
}
