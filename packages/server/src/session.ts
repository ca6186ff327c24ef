import { BYE, type Bye, isSSEError, SSEError } from '@tidewire/protocol'
import { encodeJSON } from './encodeJSON.ts'
import { formatFrame, formatSSE } from './formatSSE.ts'
import { getLastEventId } from './getLastEventId.ts'
import { mapFailure } from './mapFailure.ts'
import { markHandled } from './markHandled.ts'
import { Outbox } from './outbox.ts'
import type { Sink } from './sink.ts'
import type { SSEEvent } from './sseEvent.ts'
import type { SSERequest } from './sseRequest.ts'
import type { SSESession } from './sseSession.ts'
import type { SSEStage } from './sseStreamOptions.ts'
import type { StreamSettings } from './streamSettings.ts'

const FAILURES: Record<SSEStage, string> = {
  source: 'The source failed.',
  cleanup: 'The source failed while it was ended.',
  onClose: 'A callback of `onClose` failed.',
}

/**
 * How long a response may take to come to its end after its signal or its timeout, in milliseconds: what was handed to it
 * may be on its way, but a reader that takes nothing would hold it for ever.
 */
export const GRACE = 1_000

/**
 * The session over any sink: what a producer sees, and the ways to end it.
 *
 * What a producer calls is a property, not a method, so that it may be taken from the session and handed on.
 */
export class Session implements SSESession {
  readonly request: SSERequest | undefined
  readonly lastEventId: string
  readonly #settings: StreamSettings
  readonly #sink: Sink
  readonly #outbox: Outbox
  readonly #controller = new AbortController()
  readonly #closed = Promise.withResolvers<void>()
  readonly #onClose = new Set<() => unknown>()
  readonly #signals: readonly AbortSignal[]
  #heartbeat: ReturnType<typeof setInterval> | undefined
  #timeout: ReturnType<typeof setTimeout> | undefined

  constructor(settings: StreamSettings, sink: Sink, request: SSERequest | undefined) {
    this.request = request
    this.lastEventId = request ? getLastEventId(request) : ''
    this.#settings = settings
    this.#sink = sink
    this.#outbox = new Outbox(sink, settings.maxBufferSize)
    void sink.closed.then(() => this.#disarm())
    // Listened to one by one: AbortSignal.any leaks while its sources live (nodejs/node#54614).
    this.#signals = [settings.signal, settings.request?.signal].filter((signal) => signal !== undefined)
    if (this.#signals.some((signal) => signal.aborted)) this.#onAbort()
    else this.#open()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Whether the session has ended. */
  get isClosed(): boolean {
    return this.signal.aborted
  }

  /** Whether the reader has yet to take what it was given before. */
  get isStalled(): boolean {
    return this.#outbox.isStalled
  }

  readonly send = (event: SSEEvent): Promise<void> => {
    try {
      this.#settings.check?.(event)
      const sent = this.#outbox.push(formatSSE(event))
      this.#endAfter(event)
      return sent
    } catch (error) {
      return markHandled(Promise.reject(error as SSEError))
    }
  }

  readonly write = (event: SSEEvent): boolean => {
    return !this.isClosed && this.#write(event, event)
  }

  readonly json = (data: unknown): boolean => {
    return !this.isClosed && this.#write({ data }, { data: encodeJSON(data) })
  }

  readonly event = (name: string, data: unknown): boolean => {
    return this.write({ event: name, data })
  }

  readonly comment = (text: string): boolean => {
    return this.write({ comment: text })
  }

  readonly id = (id: string | number): boolean => {
    return this.write({ id })
  }

  readonly retry = (delay: number): boolean => {
    return this.write({ retry: delay })
  }

  readonly error = (event: string, message: string, code?: string | number, details?: unknown): boolean => {
    if (this.isClosed) return false
    this.end({ reason: 'complete' }, formatSSE({ event, data: { message, code, details } }))
    return true
  }

  readonly close = (comment?: string): void => {
    if (this.isClosed) return
    this.end({ reason: 'complete' }, comment === undefined ? '' : formatSSE({ comment }))
  }

  readonly onClose = (callback: () => unknown): void => {
    if (this.isClosed) void this.#call(callback)
    else this.#onClose.add(callback)
  }

  /** The most that waits for a slow reader, in bytes. */
  get maxBufferSize(): number {
    return this.#settings.maxBufferSize
  }

  /** Sends what is a frame already, as {@link send} does. */
  sendFrame(frame: string): Promise<void> {
    return this.#outbox.push(frame)
  }

  /** Tells the session that its sink is ready again. */
  wake(): void {
    this.#outbox.wake()
  }

  /** Ends the stream in order: what was written leaves first, then `lastWords`, then `sse.bye`. */
  end(bye: Bye, lastWords = ''): void {
    if (this.isClosed) return
    if (this.#settings.bye) this.#outbox.end(lastWords + formatFrame({ event: BYE, data: bye }))
    else this.#outbox.end(lastWords, bye.reason === 'error' ? new SSEError('source', FAILURES.source) : undefined)
    this.#settle()
  }

  /** Ends the stream at once: nothing more is written. */
  abort(): void {
    this.#outbox.abort()
    if (!this.isClosed) this.#settle()
  }

  /** Ends the stream for what its source threw. */
  fail(error: unknown): void {
    if (this.isClosed && this.#isOwnAbort(error)) return
    this.end({ reason: 'error', code: this.reportFailure(error).code })
  }

  /** Reports what its source threw, and says what the reader may know of it. */
  reportFailure(error: unknown): { code: string; message?: string | undefined } {
    const { mapError, onError } = this.#settings
    const stage = this.isClosed ? 'cleanup' : 'source'
    const { code, message, unforeseen } = mapFailure(error, mapError)
    // Foreseen, so not for the console: only who asked for failures is told.
    if (unforeseen.length === 0 && onError) void this.report(error, stage)
    for (const failure of unforeseen) void this.report(failure, stage)
    return { code, message }
  }

  /** Hands a background failure to `onError`, by default to the console. */
  async report(error: unknown, stage: SSEStage): Promise<void> {
    const code = stage === 'source' ? 'source' : 'cleanup'
    const failure = isSSEError(error) ? error : new SSEError(code, FAILURES[stage], { cause: error })
    const { onError } = this.#settings
    try {
      if (onError) await onError(failure, { stage })
      else console.error(failure)
    } catch (reason) {
      console.error(reason)
    }
  }

  #write(event: SSEEvent, encoded: SSEEvent): boolean {
    this.#settings.check?.(event)
    const isWritten = this.#outbox.offer(formatSSE(encoded))
    if (isWritten) this.#endAfter(event)
    return isWritten
  }

  #endAfter(event: SSEEvent): void {
    const { until } = this.#settings
    if (!until || this.isClosed || (event.event === undefined && !('data' in event))) return
    try {
      if (until(event)) this.end({ reason: 'complete' })
    } catch (error) {
      this.fail(error)
    }
  }

  #open(): void {
    const { opening, heartbeat, timeout } = this.#settings
    for (const signal of this.#signals) signal.addEventListener('abort', this.#onAbort)
    if (opening !== '') this.#outbox.offer(opening)
    if (heartbeat) {
      this.#heartbeat = setInterval(() => {
        if (!this.isStalled) this.#outbox.offer(heartbeat.frame)
      }, heartbeat.interval)
    }
    if (timeout !== undefined) this.#timeout = setTimeout(this.#onTimeout, timeout)
  }

  // Signals and timeout stay in force until the response is over: what was written may take its time to leave.
  #settle(): void {
    clearInterval(this.#heartbeat)
    this.#controller.abort()
    this.#closed.resolve()
    for (const callback of this.#onClose) void this.#call(callback)
    this.#onClose.clear()
  }

  #disarm(): void {
    clearTimeout(this.#timeout)
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    this.abort()
    this.#hurry()
  }

  readonly #onTimeout = (): void => {
    // No farewell reaches a reader that takes nothing.
    if (this.isStalled) this.abort()
    else this.end({ reason: 'timeout' })
    this.#hurry()
  }

  #hurry(): void {
    clearTimeout(this.#timeout)
    this.#timeout = setTimeout(() => {
      this.abort()
      this.#sink.cutOff()
    }, GRACE)
  }

  async #call(callback: () => unknown): Promise<void> {
    try {
      await callback()
    } catch (error) {
      void this.report(error, 'onClose')
    }
  }

  // What a source throws because its session has ended is no failure.
  #isOwnAbort(error: unknown): boolean {
    if (isSSEError(error)) return error.code === 'closed'
    return error instanceof Error && error.name === 'AbortError'
  }
}
