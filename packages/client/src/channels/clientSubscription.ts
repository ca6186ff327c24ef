import { SSEError } from '@tidewire/protocol'
import { createNotify, type Notify, type Sink, take, type Target } from '../dispatch.ts'
import { iterate } from '../iterate.ts'
import { checkOptions } from '../options.ts'
import { callSafely } from '../report.ts'
import { createRing } from '../ring.ts'
import type { CloseReason, ConnectionState, Gap } from '../state.ts'
import { createStore } from '../store.ts'
import type { AnyOptions } from '../stream.ts'
import { subscription } from '../subscription.ts'
import type { AnyEvents, EventHandler, SSEMessage } from '../types.ts'
import type { SSEPresence, SSESubscription, SSESubscriptionOptions } from './clientTypes.ts'
import { hasReached, isBeyond } from './position.ts'
import { createSubscriptionState, type Shown, type SubscriptionLife } from './subscriptionState.ts'

export type AnySubscriptionOptions = SSESubscriptionOptions<AnyEvents, unknown>

/** What a subscription needs of its client. */
export interface SubscriptionHost {
  /** The events of the channel's contract. */
  readonly events: AnyOptions['events']
  /** How the connection is, as far as this channel goes. */
  connection: () => Omit<ConnectionState, 'closeReason' | 'lastEventId'>
  since: () => string
  /** Takes part; the client calls back. */
  enter: (subscription: ClientSubscription) => void
  /** Takes no part any more: for good, or until it enters again. */
  leave: (subscription: ClientSubscription, isResting: boolean) => void
  reconnect: () => void
}

/** A subscription, as its client sees it. */
export interface ClientSubscription extends SSESubscription<AnyEvents, unknown> {
  readonly options: AnySubscriptionOptions
  readonly reduce: AnySubscriptionOptions['reduce']
  /** Up to where it takes nothing, as it has had that; '' where the channel is as far as it is. */
  readonly passed: string
  setOptions: (options: AnySubscriptionOptions) => void
  attach: (sink: Sink) => () => void
  onGap: (gap: Gap) => void
  /** Does without an event that it cannot have. */
  drop?: ((error: SSEError) => void) | undefined
  /** The channel is live on a connection. */
  onLive: () => void
  /** Takes an event of the channel. Nobody is called yet. */
  receive: (event: string, text: string, id: string | undefined) => void
  /** Calls whoever wants what was received: when all who follow the channel have it, as they may begin and end others. */
  tell?: (() => void) | undefined
  setPresence: (presence: SSEPresence) => void
  /** Shows what others have made of the channel's events. */
  adopt: (shown: Shown) => void
  /** Shows nothing more of what its channel has brought: that may no longer be seen. */
  forget: () => void
  /** Sets its position. */
  moveTo: (lastEventId: string) => void
  /** It takes part from that position of its channel on; '' where the channel begins with it. */
  joinAt: (position: string) => void
  /** Is called back soon, and before it hears of anything else: it is yet to be made. */
  expect: (call: () => void) => void
  /** Takes nothing up to its position, whatever the channel brings. */
  passOver: () => void
  /** Looks at the connection again. */
  look: () => void
  /** It is over, and not by its own doing. */
  end: (reason: CloseReason, error?: SSEError) => void
}

const SHOWN = ['status', 'isLost', 'error', 'attempt', 'nextRetryAt', 'transport'] as const

/** Creates a subscription that is yet to take part. */
export function createSubscription(
  channel: string,
  given: AnySubscriptionOptions,
  host: SubscriptionHost,
  seed: Shown = {},
): ClientSubscription {
  checkOptions(given)
  let options = given
  const ringOf = (events: readonly SSEMessage[] = []) =>
    createRing(options.recent ? events.slice(-Math.ceil(options.recent)) : [])
  let ring = ringOf(seed.recent)
  let { passed = '' } = seed
  /** What its channel had brought by then, it has not had. */
  let joinedAt = ''
  const life: SubscriptionLife = { isPaused: false }
  const { data = options.initialData, lastEvent, presence } = seed
  const state = createSubscriptionState(
    life,
    { data, lastEvent, lastEventId: seed.lastEventId ?? options.lastEventId ?? '', presence },
    () => ring.list,
    host.connection,
  )
  const store = createStore(state)
  const sinks = new Set<Sink>()
  const notify = createNotify(sinks)
  const attach = (sink: Sink) => subscription(sinks, sink)
  const own: Sink = { callbacks: options }
  attach(own)
  let calls: (() => void)[] = []
  let expected: (() => void) | undefined
  const settle = () => {
    const call = expected
    expected = undefined
    call?.()
  }
  const isResting = () => life.isPaused || life.closed !== undefined

  let settleOpened: [resolve: () => void, reject: (error: SSEError) => void] | undefined
  const opened = new Promise<void>((...settle) => {
    settleOpened = settle
  })
  opened.catch(() => {})

  const notifyLater: Notify = (pick, ...args) => {
    calls.push(() => notify(pick, ...args))
  }
  const report = (error: SSEError) => {
    store.set({ error })
    notifyLater((from) => from.onError, error)
  }
  const target: Target = {
    get options() {
      return { ...options, events: host.events }
    },
    store,
    get ring() {
      return ring
    },
    notify: notifyLater,
    report,
  }

  function end(closeReason: CloseReason, error?: SSEError): void {
    if (life.closed) return
    life.closed = { closeReason, error }
    life.isPaused = false
    store.set({})
    store.flush()
    settleOpened?.[1](error ?? new SSEError('closed', 'The subscription was closed.'))
    if (error) notify((from) => from.onError, error)
    notify((from) => from.onClose, closeReason)
  }

  const self: ClientSubscription = Object.setPrototypeOf(state, {
    channel,
    get options() {
      return options
    },
    get since() {
      const since = host.since()
      return isBeyond(joinedAt, since) ? joinedAt : since
    },
    get reduce() {
      return options.reduce
    },
    setOptions(next: AnySubscriptionOptions) {
      checkOptions(next)
      options = next
      own.callbacks = next
    },
    attach,
    onGap(gap: Gap) {
      settle()
      if (isResting()) return
      // Of what comes after a loss, nothing was here before.
      if (gap.reason === 'reset') {
        passed = ''
        store.set({ lastEventId: '' })
      }
      notify((from) => from.onGap, gap)
    },
    drop(error: SSEError) {
      if (isResting()) return
      report(error)
      notifyLater((from) => from.onGap, { reason: 'dropped', error })
    },
    opened,
    onLive() {
      settle()
      if (isResting()) return
      life.failure = undefined
      store.set({})
      settleOpened?.[0]()
      notify((from) => from.onOpen)
    },
    receive(event: string, text: string, id: string | undefined) {
      if (isResting()) return
      if (id !== undefined) {
        if (passed !== '' && hasReached(passed, id)) return
        passed = ''
        store.set({ lastEventId: id })
      }
      take(event, text, target)
    },
    tell() {
      settle()
      const due = calls
      calls = []
      for (const call of due) if (!isResting()) call()
    },
    setPresence(presence: SSEPresence) {
      settle()
      if (isResting()) return
      store.set({ presence })
      callSafely(options.onPresence, presence)
    },
    get passed() {
      return passed
    },
    adopt({ recent, passed: upTo = '', ...shown }: Shown) {
      if (recent) ring = ringOf(recent)
      passed = upTo
      store.set(shown)
    },
    forget() {
      ring = ringOf()
      passed = ''
      store.set({ data: options.initialData, lastEvent: undefined, lastEventId: '', presence: undefined })
    },
    moveTo: (lastEventId: string) => store.set({ lastEventId }),
    joinAt(position: string) {
      joinedAt = position
    },
    expect(call: () => void) {
      expected = call
      queueMicrotask(settle)
    },
    passOver() {
      passed = state.lastEventId
    },
    look() {
      const shown = store.getSnapshot()
      if (SHOWN.some((name) => shown[name] !== state[name])) store.set({})
    },
    end,
    on: (name: string, handler: EventHandler<AnyEvents, string>) => attach({ callbacks: { on: { [name]: handler } } }),
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    open() {
      if (!life.closed) return
      life.closed = undefined
      store.set({})
      host.enter(self)
    },
    pause() {
      if (isResting()) return
      life.isPaused = true
      store.set({})
      host.leave(self, true)
    },
    resume() {
      if (!life.isPaused) return
      life.isPaused = false
      store.set({})
      host.enter(self)
    },
    reconnect() {
      if (life.isPaused) self.resume()
      else if (life.closed) self.open()
      else host.reconnect()
    },
    close() {
      // Also where it is over: then it is not to come back, either.
      host.leave(self, false)
      end('manual')
    },
    [Symbol.asyncIterator]: () => iterate(self),
  }) as ClientSubscription
  return self
}
