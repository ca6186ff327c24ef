import { channelName, SSEError } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import type { MapFailure } from '../mapFailure.ts'
import type { ChannelDefinition } from './channelDefinition.ts'
import type { HubChannels } from './hubChannels.ts'
import { type JobHost, JobRun, type Work } from './jobRun.ts'
import type { SSEJob, SSEJobTask } from './sseJob.ts'

/** A job that was declared. */
export interface JobDefinition {
  readonly channel: ChannelDefinition
  readonly task: SSEJobTask<unknown, unknown, unknown>
  readonly mapError: MapFailure
}

/** The jobs of a hub, and their runs in this process. */
export class HubJobs {
  readonly #channels: HubChannels
  readonly #host: JobHost
  readonly #closing = new AbortController()
  readonly #runs = new Map<string, JobRun>()
  /** Whether nothing is started any more. */
  isShut = false

  constructor(channels: HubChannels, host: Omit<JobHost, 'closing'>) {
    this.#channels = channels
    this.#host = { ...host, closing: this.#closing.signal }
  }

  /** Makes the handle of a job whose channel was declared. */
  handleOf({ channel, task, mapError }: JobDefinition): SSEJob<string, unknown, unknown> {
    const { pattern } = channel
    const runOf = (params = {}) => this.#runOf(channelName(pattern, params))
    return {
      start: (given = {}, input?: unknown) => {
        const name = channelName(pattern, given)
        const match = this.#channels.match(name)
        if (match?.definition !== channel) {
          const expected = `the name of a channel of ${JSON.stringify(pattern)}`
          throw new TypeError(`Expected \`params\` to give ${expected}, got ${describeValue(name)}.`)
        }
        const { params } = match
        return this.#start(name, (update, context) => task(update, { params, ...context }, input), mapError)
      },
      stop: async (params) => {
        const run = runOf(params)
        await run?.stop()
        return run !== undefined
      },
      isRunning: (params) => runOf(params) !== undefined,
    }
  }

  /** Whether a channel follows a run of this process. */
  isRunning(name: string): boolean {
    return this.#runOf(name) !== undefined
  }

  /** Resolves when no run is under way, or after so many milliseconds. */
  async idle(timeout: number): Promise<void> {
    const ends = [...this.#runs.values()].map(({ finished }) => finished)
    if (ends.length === 0) return
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, timeout)
    await Promise.race([Promise.all(ends), late.promise])
    clearTimeout(timer)
  }

  /** Stops every run. Resolves when the log has their ends, or does not take them; not when their tasks have settled. */
  async close(): Promise<void> {
    this.isShut = true
    this.#closing.abort()
    await Promise.all([...this.#runs.values()].map((run) => run.cancel()))
  }

  #start(name: string, work: Work, mapError: MapFailure): JobRun {
    if (this.isShut) throw new SSEError('closed', 'The hub is closed, or about to be.')
    const before = this.#runOf(name)
    if (before) return before
    const run = new JobRun(name, work, mapError, this.#host)
    this.#runs.set(name, run)
    void run.finished.then(() => {
      if (this.#runs.get(name) === run) this.#runs.delete(name)
    })
    return run
  }

  #runOf(name: string): JobRun | undefined {
    const run = this.#runs.get(name)
    return run?.isRunning ? run : undefined
  }
}
