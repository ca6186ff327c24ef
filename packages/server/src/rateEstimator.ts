/** How long a change of pace takes to show, in milliseconds. */
const SMOOTHING = 3_000

/** How long a pace is watched before it is believed, in milliseconds. */
const WARM_UP = 200

/** Estimates how fast a value grows: an average of its pace that forgets exponentially. */
export class RateEstimator {
  #last: { value: number; time: number } | undefined
  #watched = 0
  #sum = 0
  #weight = 0

  /** Takes the value at a time in milliseconds. Returns its growth per second, or undefined while that is unknown. */
  sample(value: number, time: number): number | undefined {
    const elapsed = this.#last ? time - this.#last.time : 0
    if (this.#last && elapsed > 0) {
      const keep = Math.exp(-elapsed / SMOOTHING)
      // A value that falls was corrected: nothing was undone, and no reader knows what a negative pace is.
      const growth = Math.max(0, value - this.#last.value)
      this.#sum = this.#sum * keep + (growth / elapsed) * 1000 * (1 - keep)
      this.#weight = this.#weight * keep + (1 - keep)
      this.#watched += elapsed
    }
    this.#last = { value, time }
    // Divided by the weight, the first samples count fully: the average does not start from a pace of zero.
    return this.#watched < WARM_UP ? undefined : this.#sum / this.#weight
  }
}
