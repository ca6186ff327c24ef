import { type Bye, SSEError } from '@tidewire/protocol'
import { isTransient, nextDelay, sleep } from './backoff.ts'
import { connect } from './connect.ts'
import { dispatch, type Notify } from './dispatch.ts'
import type { EventStream } from './eventStream.ts'
import { checkOptions, type EventStreamCallbacks, type EventStreamOptions } from './options.ts'
import { callSafely } from './report.ts'
import { methodOf } from './request.ts'
import type { CloseReason, EventStreamState } from './state.ts'
import { createStore } from './store.ts'
import { forEachMember, subscription } from './subscription.ts'
import type { AnyEvents, EventHandler } from './types.ts'

/** Where a stream comes from. There is none while it is null, undefined, false or ''. */
export type StreamURL = string | URL | null | undefined | false

/** The state of a stream whose events are not known. */
export type AnyState = EventStreamState<AnyEvents>

/** Somebody's callbacks. They may be replaced between two events. */
export interface Sink {
  callbacks: EventStreamCallbacks<AnyEvents>
}

/** One stream. Whoever holds it decides when it is connected, and who is called. */
export interface Stream extends EventStream {
  /** Replaces what is read anew for each use: callbacks, functions, bounds. Another request needs another stream. */
  setOptions: (options: EventStreamOptions) => void
  /** Calls somebody's callbacks, until the returned function is called. */
  attach: (sink: Sink) => () => void
  /** Connects unless the stream is over, or not wanted. */
  resume: () => void
  /** Ends the connection and forgets that there was one; `resume` goes on from the same position. */
  suspend: () => void
}

const fresh = { closeReason: undefined, error: undefined, attempt: 0, nextRetryAt: undefined } as const

/** Whether there is something to connect to. */
export function isWanted(url: StreamURL, { enabled = true }: EventStreamOptions): boolean {
  return Boolean(url) && enabled
}

/** Creates a stream that waits for `open` or `resume`. `seed` is what it keeps of the stream before it. */
export function createStream(url: StreamURL, options: EventStreamOptions, seed?: Partial<AnyState>): Stream {
  checkOptions(options)
  const initialStatus = isWanted(url, options) ? 'connecting' : 'idle'
  const store = createStore<AnyState>({
    ...fresh,
    status: initialStatus,
    data: undefined,
    lastEvent: undefined,
    recent: [],
    lastEventId: options.lastEventId ?? '',
    ...seed,
  })
  const sinks = new Set<Sink>()
  /** Belongs to the loop that runs; there is never more than one. */
  let running: AbortController | undefined
  /** What the server asked for by `retry:`, in milliseconds. */
  let retryFloor = 0

  const notify: Notify = (call) => forEachMember(sinks, ({ callbacks }) => call(callbacks))

  function report(error: SSEError): void {
    store.set({ error })
    notify(({ onError }) => onError?.(error))
  }

  function start(status: AnyState['status']): void {
    if (!url) return
    const { signal } = (running = new AbortController())
    store.set({ ...fresh, status })
    void run(signal)
    const outer = options.signal
    outer?.addEventListener('abort', close, { signal })
    if (outer?.aborted) close()
  }

  function stop(): void {
    running?.abort()
    running = undefined
  }

  function end(closeReason: CloseReason, error?: SSEError): void {
    stop()
    if (store.current.status === 'closed') return
    store.set({ ...fresh, status: 'closed', closeReason, error })
    store.flush()
    notify(({ onClose }) => onClose?.(closeReason))
  }

  async function run(signal: AbortSignal): Promise<void> {
    // Nothing is sent in the turn that opens: a component that mounts twice takes its first opening back.
    await Promise.resolve()
    while (!signal.aborted) {
      const error = await attempt(signal)
      if (signal.aborted) return
      const { status, retryAfter = 0 } = error
      // 204 tells a reader to stop. HTML Standard, section 9.2.3.
      if (status === 204) return end('complete')
      report(error)
      const { retry = methodOf(options) === 'GET' ? {} : false } = options
      const next = store.current.attempt + 1
      let again = isTransient(error)
      if (retry && !signal.aborted) callSafely(() => (again = retry.when?.(error, next) ?? again))
      // A callback may have ended this loop.
      if (signal.aborted) return
      const delay = retry && again ? nextDelay(retry, next, Math.max(retryFloor, retryAfter)) : undefined
      if (delay === undefined) return end(status === 401 || status === 403 ? 'denied' : 'fatal', error)
      store.set({ status: 'reconnecting', attempt: next, nextRetryAt: Date.now() + delay })
      await sleep(delay, signal)
      if (!signal.aborted) store.set({ nextRetryAt: undefined })
    }
  }

  /** Connects once. Resolves with the reason for which it is over; it means nothing after an abort. */
  async function attempt(signal: AbortSignal): Promise<SSEError> {
    let { reason, code }: Partial<Bye> = {}
    try {
      await connect(url as string | URL, options, store.current.lastEventId, signal, {
        onOpen() {
          store.set({ status: 'open', error: undefined })
          notify(({ onOpen }) => onOpen?.())
        },
        onEntries(entries) {
          for (const entry of entries) {
            if (signal.aborted) return
            const bye = dispatch(entry, options, store, notify, report)
            if (bye) ({ reason, code } = bye)
            if (reason === 'complete') end('complete')
          }
        },
        onRetry: (delay) => (retryFloor = delay),
      })
    } catch (error) {
      return error as SSEError
    }
    return new SSEError(reason === 'error' ? 'server' : 'disconnected', 'The server ended the stream.', {
      reason: typeof code === 'string' ? code : undefined,
    })
  }

  const close = () => end('manual')
  const open = () => {
    if (!running) start('connecting')
  }
  const attach = (sink: Sink) => subscription(sinks, sink)
  const stream = {
    setOptions(next: EventStreamOptions) {
      checkOptions(next)
      options = next
    },
    attach,
    on: (name: string, handler: EventHandler<AnyEvents, string>) => attach({ callbacks: { on: { [name]: handler } } }),
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    open,
    reconnect() {
      stop()
      start('reconnecting')
    },
    close,
    resume() {
      if (isWanted(url, options) && store.current.status !== 'closed') open()
    },
    suspend() {
      if (running) store.set({ ...fresh, status: initialStatus })
      stop()
    },
  }
  for (const field of Object.keys(store.current) as (keyof AnyState)[]) {
    Object.defineProperty(stream, field, { get: () => store.current[field] })
  }
  return stream as Stream
}
