import { SSEError } from '@tidewire/protocol'
import type { LogEntry, LogHead, LogPage, SSELog } from './log.ts'

/** What is read of a log. */
export type LogReads = Pick<SSELog, 'head' | 'read' | 'last'>

/** A log as one reader asks it, one question after the other: an answer that takes too long is given up, and so is all at the end. */
export class LimitedLog implements LogReads {
  readonly #log: SSELog
  readonly #limit: number
  #isClosed = false
  #giveUp: ((error: SSEError) => void) | undefined

  /** `limit` is for each answer, in milliseconds. */
  constructor(log: SSELog, limit: number) {
    this.#log = log
    this.#limit = limit
  }

  head(): Promise<LogHead> {
    return this.wait(() => this.#log.head())
  }

  read(after: ReadonlyMap<string, number>, limit: number): Promise<LogPage> {
    return this.wait(() => this.#log.read(after, limit))
  }

  last(channels: readonly string[]): Promise<readonly LogEntry[]> {
    return this.wait(() => this.#log.last(channels))
  }

  /** Waits for an answer of the log. Rejects as that does, or with an `SSEError`: `log` after the limit, `closed` after the end. */
  async wait<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw closed()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const late = () => reject(new SSEError('log', `The log did not answer within ${this.#limit} ms.`))
    const timer = setTimeout(late, this.#limit)
    this.#giveUp = reject
    try {
      ask().then(resolve, reject)
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Waits for nothing any more. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#giveUp?.(closed())
  }
}

function closed(): SSEError {
  return new SSEError('closed', 'Nobody waits for the log any more.')
}
