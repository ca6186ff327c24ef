import { isSSEError, SSEError } from '@tidewire/protocol'
import { mapFailure, type MapFailure } from '../mapFailure.ts'
import { type ProgressEvent, ProgressReporter } from '../progressReporter.ts'
import { TASK_FAILED, type UpdateProgress } from '../progressTask.ts'
import { sleep } from './sleep.ts'
import type { SSEJobEnd, SSEJobRun } from './sseJob.ts'

/** How long a run waits before it tells its end again, where the log did not take it, in milliseconds. */
const PAUSES = [100, 1_000, 2_000, 4_000, 8_000, 15_000]

/** What a run needs of its hub. */
export interface JobHost {
  /** Publishes on a channel. Failures are reported before it rejects. */
  publish(channel: string, event: ProgressEvent<unknown>, key?: string): Promise<unknown>
  onFailure(error: SSEError): void
  /** Aborts when the hub is closed. */
  readonly closing: AbortSignal
}

/** A task with all that it is given but `update`. */
export type Work = (update: UpdateProgress, context: { signal: AbortSignal; restart: () => void }) => unknown

/** A task under way, which publishes what it reports. */
export class JobRun implements SSEJobRun<unknown> {
  readonly channel: string
  readonly finished: Promise<SSEJobEnd<unknown>>
  readonly #host: JobHost
  readonly #controller = new AbortController()
  readonly #reporter: ProgressReporter<unknown>
  readonly #told = Promise.withResolvers<void>()
  #inFlight: Promise<void> | undefined
  #refusal: unknown
  #state: 'running' | 'ended' | 'cancelled' | 'told' = 'running'

  constructor(channel: string, work: Work, map: MapFailure, host: JobHost) {
    this.channel = channel
    this.#host = host
    this.#reporter = new ProgressReporter({
      offer: (event) => this.#offer(event),
      send: (event) => this.#insist(event),
    })
    // An empty state, at once: whoever comes now is not to be told how an earlier run ended.
    this.#reporter.restart()
    this.finished = this.#run(work, map)
  }

  /** Whether its readers are yet to be told of its end. */
  get isRunning(): boolean {
    return this.#state !== 'told'
  }

  stop(): Promise<SSEJobEnd<unknown>> {
    void this.cancel()
    return this.finished
  }

  /** Stops it. Resolves when its readers were told of the end, whichever that is. */
  cancel(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'cancelled'
      void this.#tell('cancelled', 'The task was cancelled.')
      this.#controller.abort()
    }
    return this.#told.promise
  }

  async #run(work: Work, map: MapFailure): Promise<SSEJobEnd<unknown>> {
    const { update, restart } = this.#reporter
    const { signal } = this.#controller
    try {
      const result = await work(update, { signal, restart })
      if (signal.aborted) return await this.#afterCancel()
      this.#state = 'ended'
      await this.#reporter.end({ event: 'complete', data: { result } })
      this.#settle()
      return { phase: 'complete', result }
    } catch (error) {
      if (!signal.aborted) return this.#fail(error, map)
      if (!isAbort(error, signal)) this.#report(error)
      return this.#afterCancel()
    }
  }

  async #afterCancel(): Promise<SSEJobEnd<unknown>> {
    await this.#told.promise
    return { phase: 'cancelled' }
  }

  async #fail(error: unknown, map: MapFailure): Promise<SSEJobEnd<unknown>> {
    this.#state = 'ended'
    const { code, message = TASK_FAILED, unforeseen } = mapFailure(error, map)
    for (const failure of unforeseen) if (failure !== this.#refusal) this.#report(failure)
    await this.#tell(code, message)
    return { phase: 'failed', code, message, error }
  }

  async #tell(code: string, message: string): Promise<void> {
    try {
      await this.#reporter.end({ event: 'error', data: { code, message } })
    } catch {
      // Reported where it was refused.
    }
    this.#settle()
  }

  #settle(): void {
    this.#state = 'told'
    this.#told.resolve()
  }

  // One at a time: the log might take two in another order. What is reported meanwhile only makes the next one newer.
  #offer(event: ProgressEvent<unknown>): boolean {
    if (this.#inFlight) return false
    const settle = () => {
      this.#inFlight = undefined
    }
    this.#inFlight = this.#host.publish(this.channel, event).then(settle, settle)
    return true
  }

  /** Publishes what readers wait for, again where the log did not take it. Rejects only where the event itself is refused. */
  async #insist(event: ProgressEvent<unknown>): Promise<void> {
    const key = crypto.randomUUID()
    if (this.#inFlight) await this.#inFlight
    for (const pause of [0, ...PAUSES]) {
      if (pause > 0) await sleep(pause, this.#host.closing)
      try {
        await this.#host.publish(this.channel, event, key)
        return
      } catch (error) {
        if (isRefusal(error)) {
          this.#refusal = error
          throw error
        }
        if (this.#host.closing.aborted || isClosed(error)) return
      }
    }
  }

  #report(cause: unknown): void {
    const message = `The task of the channel ${JSON.stringify(this.channel)} failed.`
    this.#host.onFailure(isSSEError(cause) ? cause : new SSEError('source', message, { cause }))
  }
}

// Of the contract's making, where it is no SSEError: a schema that is async, say.
function isRefusal(error: unknown): boolean {
  return !isSSEError(error) || error.code === 'invalid-event' || error.code === 'too-large'
}

function isClosed(error: unknown): boolean {
  return isSSEError(error) && error.code === 'closed'
}

function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && error.name === 'AbortError')
}
