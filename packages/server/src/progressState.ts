import type { Progress } from '@tidewire/protocol'
import type { ProgressUpdate } from './progressTask.ts'
import { RateEstimator } from './rateEstimator.ts'

/** The state of a task, from what it reported. */
export class ProgressState {
  readonly #rate = new RateEstimator()
  readonly #pace = new RateEstimator()
  #percent: number | undefined
  #message: string | undefined
  #loaded: number | undefined
  #total: number | undefined

  /** Takes over what is known now. Returns whether anything of it made sense. */
  update({ percent, message, loaded, total }: ProgressUpdate): boolean {
    if (isCount(loaded)) this.#loaded = loaded
    if (isCount(total)) this.#total = total
    if (typeof message === 'string') this.#message = message
    const share = ((this.#loaded ?? Number.NaN) / (this.#total ?? Number.NaN)) * 100
    const reached = isNumber(percent) ? percent : share
    if (isNumber(reached)) this.#percent = Math.max(this.#percent ?? 0, Math.min(reached, 100))
    return isNumber(percent) || isCount(loaded) || isCount(total) || typeof message === 'string'
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
    if (this.#loaded === undefined) return undefined
    const rate = this.#rate.sample(this.#loaded, time) ?? Number.NaN
    return known(round(rate))
  }

  #timeLeft(time: number): number | undefined {
    if (this.#percent === undefined) return undefined
    const pace = this.#pace.sample(this.#percent, time) ?? Number.NaN
    return known(Math.round(((100 - this.#percent) / pace) * 1000))
  }
}

// Untyped code may report anything.
function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return isNumber(value) && value >= 0
}

// JSON has no other numbers.
function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
