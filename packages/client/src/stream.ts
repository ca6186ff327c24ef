import { encodeLastEventId, isSSEError, SSEError } from '@tidewire/protocol'
import { MAX_TIMEOUT, nextDelay } from './backoff.ts'
import { type Attempt, connect } from './connect.ts'
import { type AnyState, createNotify, dispatch, type Dispatch, type Sink, type Target } from './dispatch.ts'
import { watchEnvironment } from './environment.ts'
import { iterate } from './iterate.ts'
import { checkOptions, type EventStreamOptions, type RequestOptions } from './options.ts'
import { callSafely } from './report.ts'
import { methodOf } from './request.ts'
import { createRing } from './ring.ts'
import type { CloseReason, EventStream, Gap } from './state.ts'
import { createStore } from './store.ts'
import { subscription } from './subscription.ts'
import type { AnyEvents, EventHandler, SSEMessage } from './types.ts'

/** Where a stream comes from. There is none while it is null, undefined, false or ''. */
export type StreamURL = string | URL | null | undefined | false

/** Options for events that are not known. */
export type AnyOptions = EventStreamOptions<AnyEvents, unknown>

/** One stream. Whoever holds it decides when it is connected, and who is called. */
export interface Stream extends EventStream<AnyEvents, unknown> {
  /** Replaces what is read anew for each use: callbacks, functions, bounds. Another request needs another stream. */
  setOptions: (options: AnyOptions) => void
  /** Calls somebody's callbacks, until the returned function is called. */
  attach: (sink: Sink) => () => void
  /** Connects unless the stream is over, or not wanted. */
  begin: () => void
  onGap: (gap: Gap) => void
  /** Sets the position. */
  moveTo: (lastEventId: string) => void
  /** It has brought something: the backoff begins anew. */
  calm: () => void
  /** Gives up the connection, as nobody wants anything of it now. Nobody is called. */
  sleep: () => void
}

/** What is left of a state when it has no connection, and nothing to suffer from. */
export const fresh = { closeReason: undefined, error: undefined, attempt: 0, nextRetryAt: undefined } as const

const STABLE_AFTER = 5000

/** Whether there is something to connect to. */
export function isWanted(url: StreamURL, { enabled = true }: AnyOptions): boolean {
  return Boolean(url) && enabled
}

/** Whether a connection that is lost is made again. */
function retryOf(options: AnyOptions): AnyOptions['retry'] {
  const { retry = methodOf(options) === 'GET' ? {} : false } = options
  return retry
}

/**
 * Creates a stream that waits for `open` or `begin`. `seed` is what it keeps of the stream before it; `take` is what
 * becomes of what a connection brings.
 */
export function createStream(
  url: StreamURL,
  given: AnyOptions,
  seed?: Partial<AnyState>,
  take: Dispatch = dispatch,
): Stream {
  checkOptions(given)
  let options = given
  let request: RequestOptions = {}
  const { recent = [], ...kept } = seed ?? {}
  const ring = createRing<SSEMessage>(recent)
  const state: AnyState = {
    ...fresh,
    status: isWanted(url, options) ? 'connecting' : 'idle',
    isLost: false,
    data: options.initialData,
    lastEvent: undefined,
    lastEventId: options.lastEventId ?? '',
    transport: 'fetch',
    ...kept,
    get recent() {
      return ring.list
    },
  }
  const store = createStore(state)
  const sinks = new Set<Sink>()
  /** Why there is to be no connection. One who resumes cannot override another. */
  const pauses = new Set<string>()
  /** Belongs to the loop that runs; there is never more than one. */
  let running: AbortController | undefined
  /** Ends what belongs to the life of the stream: from its opening to its end, pauses included. */
  let leave: (() => void) | undefined
  /** Wakes the loop for its next attempt. */
  let timer: ReturnType<typeof setTimeout> | undefined
  let lostTimer: ReturnType<typeof setTimeout> | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined
  /** When the last connection was open. */
  let openedAt = 0
  /** What the server asked for by `retry:`, in milliseconds. */
  let retryFloor = 0
  let isUsed = false
  let settleOpened: [resolve: () => void, reject: (error: SSEError) => void] | undefined
  const opened = new Promise<void>((...settle) => {
    settleOpened = settle
  })
  opened.catch(() => {})

  const notify = createNotify(sinks)
  const onGap = (gap: Gap) => notify((from) => from.onGap, gap)

  function report(error: SSEError): void {
    store.set({ error })
    notify((from) => from.onError, error)
  }

  /** Changes the status, and looks how long it has been without its connection. */
  function move(change: Partial<AnyState> & Pick<AnyState, 'status'>): void {
    const { status } = change
    const isAway = status === 'connecting' || status === 'reconnecting' || pauses.has('offline')
    store.set(isAway ? change : { ...change, isLost: false })
    if (!isAway) {
      clearTimeout(lostTimer)
      lostTimer = undefined
    } else {
      const after = Math.min(options.lostAfter ?? 5000, MAX_TIMEOUT)
      lostTimer ??= setTimeout(() => store.set({ isLost: true }), after)
    }
  }

  /** Begins the loop, unless it has to wait. */
  function start(status: 'connecting' | 'reconnecting' = isUsed ? 'reconnecting' : 'connecting'): void {
    stop()
    if (pauses.size > 0) return move({ ...fresh, status: 'paused' })
    move({ ...fresh, status })
    running = new AbortController()
    void run(running.signal)
  }

  function stop(): void {
    running?.abort()
    running = undefined
    clearTimeout(timer)
  }

  function open(next?: RequestOptions): void {
    if (!url || leave) return
    if (next) {
      request = { ...request, ...next }
      options = { ...given, ...request }
      // The position among the answers to one request means nothing for another.
      const isAnother = next.method !== undefined || next.body !== undefined
      if (isAnother) target.isBorrowed = true
      if (isAnother || next.lastEventId !== undefined) store.set({ lastEventId: next.lastEventId ?? '' })
    }
    isUsed = false
    const { signal } = options
    signal?.addEventListener('abort', close)
    // What cannot be repeated is not given up either.
    const unwatch = retryOf(options) ? watchEnvironment({ pause: rest, resume: goOn, onHidden, onWake }) : undefined
    leave = () => {
      leave = undefined
      unwatch?.()
      signal?.removeEventListener('abort', close)
      clearTimeout(hiddenTimer)
      pauses.clear()
      stop()
    }
    start()
    if (signal?.aborted) close()
  }

  function end(closeReason: CloseReason, error?: SSEError): void {
    leave?.()
    if (state.status === 'closed') return
    move({ ...fresh, status: 'closed', closeReason, error })
    store.flush()
    settleOpened?.[1](error ?? new SSEError('closed', 'The stream was closed.'))
    notify((from) => from.onClose, closeReason)
  }

  function rest(reason: string): void {
    if (!leave || pauses.has(reason)) return
    pauses.add(reason)
    start()
  }

  function goOn(reason: string): void {
    // There is a network now: what failed for want of one does not wait any longer.
    const isDue = reason === 'offline' && state.nextRetryAt !== undefined && state.error?.code === 'network'
    if (pauses.delete(reason) || isDue) start()
  }

  function onHidden(isHidden: boolean): void {
    const { pauseWhenHidden: after = false } = options
    clearTimeout(hiddenTimer)
    if (!isHidden) goOn('hidden')
    else if (after !== false) {
      hiddenTimer = setTimeout(rest, Math.min(after === true ? 10_000 : after, MAX_TIMEOUT), 'hidden')
    }
  }

  function onWake(): void {
    if (running) start()
  }

  function receive(attempt: Attempt, entries: Parameters<Attempt['receive']>[0]): void {
    for (const entry of entries) {
      if (attempt.signal.aborted) return
      retryFloor = entry.retry ?? retryFloor
      if (entry.open) {
        isUsed = true
        openedAt = Date.now()
        move({ status: 'open', error: undefined, transport: entry.open })
        settleOpened?.[0]()
        notify((from) => from.onOpen)
        const { lastEventId } = state
        // The server was not told where to go on. PROTOCOL.md, 4.2.
        const isAnew = lastEventId && !encodeLastEventId(lastEventId)
        if (isAnew && !attempt.signal.aborted) onGap({ reason: 'reset' })
        continue
      }
      const reason = take(entry, target, attempt)
      const error = reason === 'revoked' ? new SSEError('revoked', 'The server has sent this reader away.') : undefined
      if (reason && !attempt.signal.aborted) end(reason, error)
    }
  }

  async function tryOnce(attempt: Attempt): Promise<SSEError> {
    try {
      return await (options.transport ?? connect)(attempt)
    } catch (cause) {
      // A transport of the user's may let through what `receive` throws.
      return isSSEError(cause) ? cause : new SSEError('network', 'The transport failed.', { cause })
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    // Nothing is sent in the turn that opens: a component that mounts twice takes its first opening back.
    await undefined
    let isRenewed = false
    while (!signal.aborted) {
      const attempt: Attempt = {
        url: url as string | URL,
        get options() {
          return options
        },
        get lastEventId() {
          return state.lastEventId
        },
        signal,
        silence: 2 * (options.heartbeat || Infinity),
        receive: (entries) => receive(attempt, entries),
      }
      const error = await tryOnce(attempt)
      if (signal.aborted) return
      const { status, retryAfter = 0 } = error
      // 204 tells a reader to stop. HTML Standard, section 9.2.3.
      if (status === 204) return end('complete')
      // A stream that stood for a while is healthy, also where it had nothing to say.
      const isStable = state.status === 'open' && Date.now() - openedAt > STABLE_AFTER
      if (isStable) isRenewed = false
      const { onUnauthorized } = options
      const retry = retryOf(options)
      // A 401 has had no effect; a stream that has begun may have had one, and is not asked for again by itself.
      const isExpired = Boolean(retry) && error.code === 'disconnected' && error.reason === 'expired'
      const isUnauthorized = status === 401 || isExpired
      if (!isUnauthorized) isRenewed = false
      const isRefused = isUnauthorized && isRenewed
      if (onUnauthorized && isUnauthorized && !isRenewed) {
        isRenewed = true
        move({ status: isUsed ? 'reconnecting' : 'connecting', error })
        try {
          await onUnauthorized(error)
          continue
        } catch (cause) {
          if (signal.aborted) return
          const failure = new SSEError('headers', '`onUnauthorized` failed.', { cause, status })
          report(failure)
          return end('denied', failure)
        }
      }
      const count = isStable ? 1 : state.attempt + 1
      let delay: number | undefined
      if (retry && !isRefused)
        callSafely(() => (delay = nextDelay(retry, error, count, Math.max(retryFloor, retryAfter))))
      // `when` may have ended this loop.
      if (signal.aborted) return
      if (delay !== undefined) {
        move({ status: 'reconnecting', attempt: count, nextRetryAt: Date.now() + delay })
      }
      report(error)
      // So may a callback.
      if (signal.aborted) return
      if (delay === undefined) return end(isRefused || status === 401 || status === 403 ? 'denied' : 'fatal', error)
      // A loop that is stopped meanwhile never goes on.
      await new Promise((resolve) => {
        timer = setTimeout(resolve, delay)
      })
      store.set({ nextRetryAt: undefined })
    }
  }

  const close = () => end('manual')
  const attach = (sink: Sink) => subscription(sinks, sink)
  const target: Target = {
    get options() {
      return options
    },
    store,
    ring,
    notify,
    report,
  }
  // The state is the stream's own fields, and what it can do lies behind them: a copy of a stream is a snapshot.
  const stream = Object.setPrototypeOf(state, {
    setOptions(next: AnyOptions) {
      checkOptions(next)
      given = next
      options = { ...given, ...request }
    },
    attach,
    onGap,
    opened,
    moveTo: (lastEventId: string) => store.set({ lastEventId }),
    sleep() {
      if (!leave) return
      leave()
      move({ ...fresh, status: 'idle' })
    },
    calm: () => store.set({ attempt: 0, error: undefined }),
    on: (name: string, handler: EventHandler<AnyEvents, string>) => attach({ callbacks: { on: { [name]: handler } } }),
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    open,
    pause: () => rest('manual'),
    resume: () => goOn('manual'),
    reconnect() {
      pauses.delete('manual')
      if (!leave) open()
      else start('reconnecting')
    },
    close,
    begin() {
      // Where it is not wanted, or over, it has another status.
      if (state.status === 'connecting') open()
    },
    [Symbol.asyncIterator]: () => iterate(stream),
  }) as Stream
  return stream
}
