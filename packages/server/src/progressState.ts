import type { Progress, ProgressUpdate } from './progressEvents.ts'
import { RateEstimator } from './rateEstimator.ts'

/** The state of a task, from what it reported. */
export class ProgressState {
  readonly #rate = new RateEstimator()
  readonly #pace = new RateEstimator()
  #percent: number | undefined
  #message: string | undefined
  #loaded: number | undefined
  #total: number | undefined

  /** Takes over what is known now. */
  update({ percent, message, loaded, total }: ProgressUpdate): void {
    if (isCount(loaded)) this.#loaded = loaded
    if (isCount(total)) this.#total = total
    if (typeof message === 'string') this.#message = message
    const reached = percent ?? ((this.#loaded ?? Number.NaN) / (this.#total ?? Number.NaN)) * 100
    if (Number.isFinite(reached)) this.#percent = Math.max(this.#percent ?? 0, Math.min(reached, 100))
  }

  /** Describes the state at a time in milliseconds. */
  at(time: number): Progress {
    return {
      percent: this.#roundedPercent(),
      message: this.#message,
      loaded: this.#loaded,
      total: this.#total,
      rate: this.#unitsPerSecond(time),
      timeLeft: this.#timeLeft(time),
    }
  }

  // Whoever sees 100 believes that all is done.
  #roundedPercent(): number | undefined {
    return this.#percent === undefined || this.#percent === 100 ? this.#percent : Math.min(round(this.#percent), 99.99)
  }

  #unitsPerSecond(time: number): number | undefined {
    const rate = this.#loaded === undefined ? undefined : this.#rate.sample(this.#loaded, time)
    return rate === undefined ? undefined : round(rate)
  }

  #timeLeft(time: number): number | undefined {
    if (this.#percent === undefined) return undefined
    const pace = this.#pace.sample(this.#percent, time)
    return pace ? Math.round(((100 - this.#percent) / pace) * 1000) : undefined
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
