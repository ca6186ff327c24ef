import { SSEError } from '@tidewire/protocol'
import { MAX_FLOOR } from '../backoff.ts'
import { type Attempt, connect, type Transport } from '../connect.ts'
import { methodOf } from '../request.ts'
import { poll } from './poll.ts'
import { sleep } from './sleep.ts'
import { type Way, Ways } from './way.ts'

/** Options of {@link polling}. */
export interface PollingOptions {
  /**
   * After how many attempts in a row that were open but mute it turns to polling: nothing came in answer for
   * `connectTimeout`, not one byte of a body. @default 2
   */
  after?: number | undefined
  /** The time between two polls, in milliseconds; up to a quarter more or less. @default 5000 */
  interval?: number | undefined
  /**
   * The time until a stream is tried again, in milliseconds; twice as long after each try, up to an hour. @default 300_000
   */
  retryStream?: number | undefined
}

/** The least time that a stream has to get through where it is tried again, in milliseconds. */
const MIN_TRIAL = 5000

/**
 * Makes a transport that follows a stream, and polls where streams do not get through: behind a proxy that holds every
 * response back until its end. Only a hub can be polled. What it learns of the way to a server holds for all streams that
 * share it, so make it once, outside of components.
 *
 * @example
 * const transport = polling()
 * const client = createSSEClient({ transport })
 *
 * @throws {TypeError} for an option that makes no sense.
 */
export function polling({ after = 2, interval = 5000, retryStream = 300_000 }: PollingOptions = {}): Transport {
  for (const [name, value] of Object.entries({ after, interval, retryStream })) {
    if (!(value > 0)) throw new TypeError(`Expected \`${name}\` to be above 0, got ${value}.`)
  }
  const ways = new Ways(retryStream)

  /** Follows a stream to its end. On trial, polling goes on where it does not get through. */
  async function followStream(attempt: Attempt, way: Way, trial?: number): Promise<SSEError> {
    const { options } = attempt
    const connectTimeout = Math.min((options.connectTimeout ?? 30_000) || Infinity, trial ?? Infinity)
    let hasBody = false
    const error = await connect({
      url: attempt.url,
      options: { ...options, connectTimeout },
      get lastEventId() {
        return attempt.lastEventId
      },
      signal: attempt.signal,
      get silence() {
        return hasBody ? attempt.silence : Math.min(attempt.silence, connectTimeout)
      },
      receive(entries) {
        const isHead = entries[0]?.open !== undefined
        if (!isHead && !hasBody) {
          hasBody = true
          way.endPolling()
          if (trial) attempt.receive([{ open: 'fetch' }])
        }
        // A head alone may come where no body does.
        if (!isHead || !trial) attempt.receive(entries)
      },
    })
    if (hasBody) return error
    if (trial) way.postponeStream()
    else if (error.code === 'timeout' && ++way.mutes >= after) way.beginPolling()
    return error
  }

  /** Polls until that fails, or a stream that got through has ended. */
  async function keepPolling(attempt: Attempt, way: Way): Promise<SSEError> {
    const { signal } = attempt
    let isOpen = false
    while (!signal.aborted) {
      if (Date.now() >= way.nextStreamAt) {
        const lost = await followStream(attempt, way, Math.max(interval, MIN_TRIAL))
        if (!way.isPolling || signal.aborted) return lost
      }
      const { error, isGreeted, isStrange, retry } = await poll(attempt, (entries) => {
        if (!isOpen) attempt.receive([{ open: 'polling' }])
        isOpen = true
        attempt.receive(entries)
      })
      way.isProven ||= isGreeted
      if (error) return way.isProven || signal.aborted ? error : giveUp(way, error, isStrange)
      await sleep(Math.max(Math.min(retry, MAX_FLOOR), interval * (0.75 + Math.random() / 2)), signal)
    }
    return new SSEError('closed', 'Nobody polls any more.')
  }

  return (attempt) => {
    const way = ways.to(String(attempt.url))
    if (way.isRefused || methodOf(attempt.options) !== 'GET') return connect(attempt)
    return way.isPolling ? keepPolling(attempt, way) : followStream(attempt, way)
  }
}

/** The first poll has failed: it is to be seen whether there is anything to poll. */
function giveUp(way: Way, error: SSEError, isStrange: boolean): SSEError {
  if (error.code === 'timeout') way.endPolling()
  if (!isStrange) return error
  way.endPolling()
  way.isRefused = true
  return new SSEError('disconnected', 'Streams do not get through, and the server offers no polling.', { cause: error })
}
