import { BYE, type Bye, RESERVED_PREFIX, type SSEError } from '@tidewire/protocol'
import type { Entry } from './connect.ts'
import type { EventStreamCallbacks, EventStreamOptions } from './options.ts'
import { own, parsePayload } from './payload.ts'
import { callSafely } from './report.ts'
import type { EventStreamState } from './state.ts'
import type { Store } from './store.ts'
import type { AnyEvents, SSEMessage } from './types.ts'

/** Calls a function with the callbacks of everybody who listens. */
export type Notify = (call: (callbacks: EventStreamCallbacks<AnyEvents>) => void) => void

/**
 * Turns one entry into state and calls. The position moves with each entry, so that an end in the middle of a chunk
 * loses nothing of it. Returns what the server said if it takes its leave; user code never sees a reserved event.
 */
export function dispatch(
  { id, event = 'message', data: text }: Entry,
  { parse, recent = 0 }: EventStreamOptions,
  store: Store<EventStreamState<AnyEvents>>,
  notify: Notify,
  report: (error: SSEError) => void,
): Partial<Bye> | undefined {
  if (id !== undefined) store.set({ lastEventId: id })
  if (text === undefined) return undefined
  if (event.startsWith(RESERVED_PREFIX)) {
    return event === BYE ? (Object(parsePayload(undefined, event, text)) as Partial<Bye>) : undefined
  }
  let data: unknown
  try {
    data = parsePayload(parse, event, text)
  } catch (error) {
    report(error as SSEError)
    return undefined
  }
  // An event without an id of its own has the last one in force. HTML Standard, section 9.2.6.
  const lastEvent: SSEMessage = { event, data, id: store.current.lastEventId, text }
  const kept = recent > 0 ? [...store.current.recent, lastEvent].slice(-recent) : []
  store.set({ data, lastEvent, recent: kept, attempt: 0 })
  notify(({ on, onMessage, onEvent }) => {
    callSafely(own(on, event), data, lastEvent)
    if (event === 'message') callSafely(onMessage, data)
    callSafely(onEvent, lastEvent)
  })
  return undefined
}
