import type { SSEError } from '@tidewire/protocol'
import { nextDelay } from './backoff.ts'
import { connect } from './connect.ts'
import { dispatch, type Notify } from './dispatch.ts'
import { checkOptions, type EventStreamCallbacks, type EventStreamOptions } from './options.ts'
import { callSafely } from './report.ts'
import { methodOf } from './request.ts'
import type { CloseReason, EventStream, EventStreamState } from './state.ts'
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
}

const fresh = { closeReason: undefined, error: undefined, attempt: 0, nextRetryAt: undefined } as const

const STABLE_AFTER = 5000

/** Whether there is something to connect to. */
export function isWanted(url: StreamURL, { enabled = true }: EventStreamOptions): boolean {
  return Boolean(url) && enabled
}

/** Creates a stream that waits for `open` or `resume`. `seed` is what it keeps of the stream before it. */
export function createStream(url: StreamURL, options: EventStreamOptions, seed?: Partial<AnyState>): Stream {
  checkOptions(options)
  const state: AnyState = {
    ...fresh,
    status: isWanted(url, options) ? 'connecting' : 'idle',
    data: undefined,
    lastEvent: undefined,
    recent: [],
    lastEventId: options.lastEventId ?? '',
    ...seed,
  }
  const store = createStore(state)
  const sinks = new Set<Sink>()
  /** Belongs to the loop that runs; there is never more than one. */
  let running: AbortController | undefined
  /** Wakes the loop for its next attempt. */
  let timer: ReturnType<typeof setTimeout> | undefined
  /** What the server asked for by `retry:`, in milliseconds. */
  let retryFloor = 0

  const notify: Notify = (pick, ...args) => forEachMember(sinks, ({ callbacks }) => pick(callbacks)?.(...args))

  function report(error: SSEError): void {
    store.set({ error })
    notify((from) => from.onError, error)
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
    clearTimeout(timer)
  }

  function end(closeReason: CloseReason, error?: SSEError): void {
    stop()
    if (state.status === 'closed') return
    store.set({ ...fresh, status: 'closed', closeReason, error })
    store.flush()
    notify((from) => from.onClose, closeReason)
  }

  async function run(signal: AbortSignal): Promise<void> {
    // Nothing is sent in the turn that opens: a component that mounts twice takes its first opening back.
    await undefined
    while (!signal.aborted) {
      const begin = Date.now()
      const error = await connect(url as string | URL, options, state.lastEventId, signal, (entries) => {
        for (const entry of entries) {
          if (signal.aborted) return
          retryFloor = entry.retry ?? retryFloor
          if (dispatch(entry, options, store, notify, report)) end('complete')
        }
      })
      if (signal.aborted) return
      const { status, retryAfter = 0 } = error
      // 204 tells a reader to stop. HTML Standard, section 9.2.3.
      if (status === 204) return end('complete')
      const { retry = methodOf(options) === 'GET' ? {} : false } = options
      // A stream that stood for a while is healthy, also where it had nothing to say.
      const attempt = state.status === 'open' && Date.now() - begin > STABLE_AFTER ? 1 : state.attempt + 1
      let delay: number | undefined
      if (retry) callSafely(() => (delay = nextDelay(retry, error, attempt, Math.max(retryFloor, retryAfter))))
      // `when` may have ended this loop.
      if (signal.aborted) return
      if (delay !== undefined) store.set({ status: 'reconnecting', attempt, nextRetryAt: Date.now() + delay })
      report(error)
      // So may a callback.
      if (signal.aborted) return
      if (delay === undefined) return end(status === 401 || status === 403 ? 'denied' : 'fatal', error)
      // A loop that is stopped meanwhile never goes on.
      await new Promise((resolve) => {
        timer = setTimeout(resolve, delay)
      })
      store.set({ nextRetryAt: undefined })
    }
  }

  const close = () => end('manual')
  const open = () => {
    if (!running) start('connecting')
  }
  const attach = (sink: Sink) => subscription(sinks, sink)
  // The state is the stream's own fields, and what it can do lies behind them: a copy of a stream is a snapshot.
  return Object.setPrototypeOf(state, {
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
      // Where it is not wanted, or over, it has another status.
      if (state.status === 'connecting') open()
    },
  }) as Stream
}
