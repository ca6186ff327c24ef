import { BYE, type Bye, type Hello, HELLO, RESERVED_PREFIX, RESET, SSEError } from '@tidewire/protocol'
import { refusePromise } from './answer.ts'
import type { Attempt, Entry } from './connect.ts'
import type { EventStreamCallbacks, EventStreamOptions } from './options.ts'
import { checkPayload, own, parsePayload } from './payload.ts'
import { callSafely } from './report.ts'
import type { Ring } from './ring.ts'
import type { CloseReason, EventStreamState, Gap } from './state.ts'
import type { Store } from './store.ts'
import type { AnyEvents, SSEMessage } from './types.ts'

/** The state of a stream whose events are not known. */
export type AnyState = EventStreamState<AnyEvents, unknown>

/** Callbacks for events that are not known. */
export type AnyCallbacks = EventStreamCallbacks<AnyEvents>

/** Somebody's callbacks. They may be replaced between two events. */
export interface Sink {
  callbacks: AnyCallbacks
}

/** Calls one callback of everybody who listens. */
export type Notify = <Args extends readonly unknown[]>(
  pick: (from: AnyCallbacks) => ((...args: Args) => void) | undefined,
  ...args: Args
) => void

/** Creates what calls each of these. One who is added meanwhile waits for the next time, one who is taken out is passed over. */
export function createNotify(sinks: Set<Sink>): Notify {
  return (pick, ...args) => {
    for (const sink of [...sinks]) {
      const call = sinks.has(sink) && pick(sink.callbacks)
      // Who has no such callback costs nothing.
      if (call) callSafely(call, ...args)
    }
  }
}

// What costs anything costs it for each event: fields are set in place, without an object for each change.
type Changing = { -readonly [Name in keyof AnyState]: AnyState[Name] }

/** Where events go. */
export interface Target {
  readonly options: EventStreamOptions<AnyEvents, unknown>
  readonly store: Store<AnyState>
  readonly ring: Ring<SSEMessage>
  readonly notify: Notify
  /** Whether `data` is only shown, and is another stream's: nothing is to be made out of it. */
  isBorrowed?: boolean
  /** Tells of a failure. */
  report: (error: SSEError) => void
}

/** What becomes of one entry of a connection. Returns a reason where the stream is over; throws where the connection is. */
export type Dispatch = (entry: Entry, target: Target, attempt: Attempt) => CloseReason | undefined

/**
 * Turns one entry into state and calls. The position moves with each entry, so that an end in the middle of a chunk
 * loses nothing of it. User code never sees a reserved event.
 */
export const dispatch: Dispatch = ({ id, event, data, error }, target, attempt) => {
  if (id !== undefined) {
    ;(target.store.current as Changing).lastEventId = id
    target.store.touch()
  }
  if (error) drop(target, error)
  if (data === undefined) return undefined
  if (event?.startsWith(RESERVED_PREFIX)) return obey(event, data, target, attempt)
  return take(event, data, target)
}

/** Does what a reserved event says. */
function obey(event: string, text: string, target: Target, attempt: Attempt): CloseReason | undefined {
  if (event === BYE) return readBye(text)
  if (event === HELLO) {
    const { heartbeat, channels } = Object(parsePayload(undefined, event, text)) as Hello
    promise(attempt, heartbeat)
    if (Object.values(Object(channels) as Hello['channels']).includes('reset')) event = RESET
  }
  if (event === RESET) target.notify((from) => from.onGap, { reason: 'reset' })
  return undefined
}

/** Less than that is no heartbeat that a server could keep, in milliseconds. */
const MIN_HEARTBEAT = 100

/** Keeps a server to what it says of its heartbeat, unless the stream's user knows better. PROTOCOL.md, 8.1. */
export function promise(attempt: Attempt, heartbeat: number): void {
  if (attempt.options.heartbeat === undefined && heartbeat > 0) attempt.silence = 2 * Math.max(heartbeat, MIN_HEARTBEAT)
}

/** Reads why a stream ends. Returns the reason where it is over for good, else throws an `SSEError`. PROTOCOL.md, 3. */
export function readBye(text: string): CloseReason {
  const { reason, code } = Object(parsePayload(undefined, BYE, text)) as Partial<Bye>
  if (reason === 'complete') return reason
  if (reason === 'revoked' || reason === 'disconnected') return 'revoked'
  const told = reason === 'error' ? code : reason
  throw new SSEError(reason === 'error' ? 'server' : 'disconnected', 'The server ended the stream.', {
    reason: typeof told === 'string' ? told : undefined,
  })
}

/** Hands an event to whoever wants it. Returns `complete` where it is the last one that is wanted. */
export function take(event = 'message', text: string, target: Target): CloseReason | undefined {
  const { options, store, ring, notify } = target
  const { parse, events, reduce, recent = 0, until } = options
  const current: Changing = store.current
  const hasSchemas = events && !('~standard' in events)
  const schema = hasSchemas ? own(events, event) : undefined
  const isUnknown = hasSchemas && !schema
  let data: unknown
  try {
    data = parsePayload(parse, event, text)
    if (schema) data = checkPayload(schema, event, data)
  } catch (error) {
    // What nobody asked for is no loss.
    if (!isUnknown) return drop(target, error as SSEError)
    data = text
  }
  // An event without an id of its own has the last one in force. HTML Standard, section 9.2.6.
  const message: SSEMessage = { event, data, id: current.lastEventId, text }
  store.touch()
  current.attempt = 0
  current.error = undefined
  if (isUnknown) {
    notify((from) => from.onUnknownEvent, message)
    return undefined
  }
  ring.push(message, recent)
  const before = target.isBorrowed ? options.initialData : current.data
  let after = reduce ? before : data
  if (reduce) callSafely(() => (after = reduce(before, message)))
  target.isBorrowed = false
  current.lastEvent = message
  current.data = after
  // A callback may have closed it: then no other hears of this.
  const isOpen = () => current.status !== 'closed'
  if (isOpen()) notify((from) => own(from.on, event), data, message)
  if (event === 'message' && isOpen()) notify((from) => from.onMessage, data)
  if (isOpen()) notify((from) => from.onEvent, message)
  let isLast: unknown
  if (until) callSafely(() => (isLast = until(message)))
  refusePromise('until', isLast)
  return isLast === true ? 'complete' : undefined
}

// The position has moved past it: whoever shows what it would have changed has to know.
function drop({ report, notify }: Target, error: SSEError): undefined {
  report(error)
  notify((from) => from.onGap, { reason: 'dropped', error } satisfies Gap)
}
