import { SSEError } from '@tidewire/protocol'
import type { SSEEvent } from '../sseEvent.ts'
import type { HubChannel } from './hubChannel.ts'
import { sleep } from './sleep.ts'

/** What sources are run for. */
export interface SourceHost {
  publish(channel: string, event: string, data: unknown): Promise<unknown>
  onFailure(error: SSEError): void
}

/** The bound of the time before a source that has failed is started again, in milliseconds: at first, and at most. */
const FIRST_PAUSE = 1_000
const LAST_PAUSE = 30_000

type Source = NonNullable<HubChannel['definition']['source']>

/** How a run of a source ended. */
interface Run {
  hasFailed: boolean
  hasProduced: boolean
}

/** Runs the `source` of each channel while it has a reader that is live, again where it fails. */
export class ChannelSources {
  readonly #host: SourceHost
  readonly #running = new Map<HubChannel, AbortController>()

  constructor(host: SourceHost) {
    this.#host = host
  }

  /** Starts the source of a channel that has none running. */
  start(channel: HubChannel): void {
    const { source } = channel.definition
    if (!source || this.#running.has(channel)) return
    const controller = new AbortController()
    this.#running.set(channel, controller)
    void this.#keep(channel, source, controller.signal)
  }

  /** Ends the source of a channel that has lost its last reader. */
  stop(channel: HubChannel): void {
    this.#running.get(channel)?.abort()
    this.#running.delete(channel)
  }

  async #keep(channel: HubChannel, source: Source, signal: AbortSignal): Promise<void> {
    for (let bound = FIRST_PAUSE; ; bound = Math.min(LAST_PAUSE, bound * 2)) {
      const { hasFailed, hasProduced } = await this.#run(channel, source, signal)
      if (!hasFailed || signal.aborted) return
      if (hasProduced) bound = FIRST_PAUSE
      // Of a thousand channels on one database, or processes, not all ask at once.
      await sleep(Math.random() * bound, signal)
      if (signal.aborted) return
    }
  }

  async #run({ name, params }: HubChannel, source: Source, signal: AbortSignal): Promise<Run> {
    const run = { hasFailed: false, hasProduced: false }
    let onAbort = () => {}
    try {
      const events = source({ params, signal })[Symbol.asyncIterator]()
      // A source that waits for its next event is to be cleaned up at once.
      onAbort = () => void this.#end(name, events)
      signal.addEventListener('abort', onAbort)
      // The loop ends it, too, where an event of it cannot be published.
      for await (const { event = 'message', data } of { [Symbol.asyncIterator]: () => events }) {
        if (signal.aborted) break
        await this.#host.publish(name, event, data)
        run.hasProduced = true
      }
    } catch (error) {
      run.hasFailed = true
      if (!signal.aborted) this.#fail(name, error)
    }
    signal.removeEventListener('abort', onAbort)
    return run
  }

  async #end(name: string, events: AsyncIterator<SSEEvent>): Promise<void> {
    try {
      await events.return?.()
    } catch (error) {
      this.#fail(name, error)
    }
  }

  #fail(name: string, cause: unknown): void {
    this.#host.onFailure(new SSEError('source', `The source of the channel ${JSON.stringify(name)} failed.`, { cause }))
  }
}
