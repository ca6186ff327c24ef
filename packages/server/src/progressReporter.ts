import type { ProgressEvents } from '@tidewire/protocol'
import { ProgressState } from './progressState.ts'
import type { ProgressUpdate, UpdateProgress } from './progressTask.ts'
import { Throttle } from './throttle.ts'

/** The most often that progress is sent, in milliseconds. */
const INTERVAL = 50

/** An event of a task that reports its progress. */
export type ProgressEvent<R> = {
  [Name in keyof ProgressEvents<R>]: { readonly event: Name; readonly data: ProgressEvents<R>[Name] }
}[keyof ProgressEvents<R>]

/** Where the events of a task leave. */
export interface ProgressOutlet<R> {
  /** Takes the newest state; false where it cannot now, and is asked again after an interval. */
  offer(event: ProgressEvent<R>): boolean
  /** Takes the last events of all, in order. */
  send(event: ProgressEvent<R>): Promise<unknown>
}

/** Turns what a task reports into its events: the newest state now and then, then the end. */
export class ProgressReporter<R> {
  readonly #outlet: ProgressOutlet<R>
  readonly #throttle: Throttle
  #state = new ProgressState()

  constructor(outlet: ProgressOutlet<R>) {
    this.#outlet = outlet
    this.#throttle = new Throttle(() => outlet.offer(this.#progress()), INTERVAL)
  }

  readonly update: UpdateProgress = (reported: number | ProgressUpdate, message?: string) => {
    const isUpdate = typeof reported === 'object' && reported !== null
    if (this.#take(isUpdate ? reported : { percent: reported, message })) this.#throttle.request()
  }

  /** Forgets all that was reported. */
  readonly restart = (): void => {
    this.#state = new ProgressState()
    this.#throttle.request()
  }

  /** Sends nothing more, whatever is reported. */
  stop(): void {
    this.#throttle.stop()
  }

  /** Sends the last state, if that has not left yet, and the end. Rejects with what the outlet rejects with. */
  async end(event: ProgressEvent<R>): Promise<void> {
    if (this.#throttle.stop()) await this.#outlet.send(this.#progress())
    await this.#outlet.send(event)
  }

  // Untyped code may report anything, a getter that throws, too, and that is no reason for its task to fail.
  #take(reported: ProgressUpdate): boolean {
    try {
      return this.#state.update(reported)
    } catch {
      return false
    }
  }

  #progress(): ProgressEvent<R> {
    return { event: 'progress', data: this.#state.at(performance.now()) }
  }
}
