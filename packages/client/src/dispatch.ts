import { BYE, type Bye, RESERVED_PREFIX, SSEError } from '@tidewire/protocol'
import type { Entry } from './connect.ts'
import type { EventStreamCallbacks, EventStreamOptions } from './options.ts'
import { own, parsePayload } from './payload.ts'
import type { EventStreamState } from './state.ts'
import type { Store } from './store.ts'
import type { AnyEvents, SSEMessage } from './types.ts'

/** Calls one callback of everybody who listens. */
export type Notify = <Args extends readonly unknown[]>(
  pick: (from: EventStreamCallbacks<AnyEvents>) => ((...args: Args) => void) | undefined,
  ...args: Args
) => void

/**
 * Turns one entry into state and calls. The position moves with each entry, so that an end in the middle of a chunk
 * loses nothing of it. Returns true where the server says that the stream is complete; throws an `SSEError` where it
 * says that the connection is over for another reason. User code never sees a reserved event.
 */
export function dispatch(
  { open, id, event = 'message', data: text }: Entry,
  { parse, recent = 0 }: EventStreamOptions,
  { current, set }: Store<EventStreamState<AnyEvents>>,
  notify: Notify,
  report: (error: SSEError) => void,
): true | undefined {
  if (open) {
    set({ status: 'open', error: undefined })
    notify((from) => from.onOpen)
  }
  if (id !== undefined) set({ lastEventId: id })
  if (text === undefined) return undefined
  if (event === BYE) {
    const { reason, code } = Object(parsePayload(undefined, event, text)) as Partial<Bye>
    if (reason === 'complete') return true
    throw new SSEError(reason === 'error' ? 'server' : 'disconnected', 'The server ended the stream.', {
      reason: typeof code === 'string' ? code : undefined,
    })
  }
  if (event.startsWith(RESERVED_PREFIX)) return undefined
  let data: unknown
  try {
    data = parsePayload(parse, event, text)
  } catch (error) {
    report(error as SSEError)
    return undefined
  }
  // An event without an id of its own has the last one in force. HTML Standard, section 9.2.6.
  const lastEvent: SSEMessage = { event, data, id: current.lastEventId, text }
  const kept = [...current.recent, lastEvent].slice(-Math.ceil(recent) || Infinity)
  set({ data, lastEvent, recent: kept, attempt: 0, error: undefined })
  notify((from) => own(from.on, event), data, lastEvent)
  if (event === 'message') notify((from) => from.onMessage, data)
  notify((from) => from.onEvent, lastEvent)
  return undefined
}
