import type { SSEError } from '@tidewire/protocol'
import type { AnyEvents, EventHandler, EventMap, PayloadOf, SSEMessageOf } from './types.ts'

/**
 * Where a stream is in its life.
 *
 * `idle`: it has no URL or is not enabled. `connecting`: the first attempt is under way. `open`: the server has answered
 * with an event stream. `reconnecting`: the connection is lost; the next attempt is under way or waits for its time.
 * `closed`: it is over, and `closeReason` says why.
 */
export type EventStreamStatus = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed'

/**
 * Why a stream is closed.
 *
 * `complete`: the server said that there is no more. `manual`: `close()` was called, or the signal was aborted.
 * `denied`: the server answered 401 or 403. `fatal`: it failed in a way that another attempt cannot mend, or the
 * attempts are used up; `error` says how.
 */
export type CloseReason = 'complete' | 'manual' | 'denied' | 'fatal'

/** All that there is to know of a stream. What does not apply is undefined. */
export interface EventStreamState<M extends EventMap> {
  /** Where the stream is in its life. */
  readonly status: EventStreamStatus
  /** The payload of the last event, whatever its name. */
  readonly data: PayloadOf<M> | undefined
  /** The last event. */
  readonly lastEvent: SSEMessageOf<M> | undefined
  /** The last events, oldest first; as many as the option `recent` asks for. */
  readonly recent: readonly SSEMessageOf<M>[]
  /** The failure that the stream suffers from now. The next successful connection clears it. */
  readonly error: SSEError | undefined
  /** Attempts to reconnect since the last event. */
  readonly attempt: number
  /** When the next attempt is due, in milliseconds since the epoch. */
  readonly nextRetryAt: number | undefined
  /** The position that a reconnection resumes from; '' where the server has given none. */
  readonly lastEventId: string
  /** Why the stream is closed. */
  readonly closeReason: CloseReason | undefined
}

/** What can be done with a stream. */
export interface EventStreamActions {
  /** Connects where the stream is idle or closed, from the last position; else does nothing. */
  open: () => void
  /** Drops the connection, or the wait for one, and connects at once, from the last position. */
  reconnect: () => void
  /** Ends the stream, whatever it is doing. No later event reaches anybody; `onClose` is called. Idempotent. */
  close: () => void
}

/** A stream of events. Its fields are the state now. */
export interface EventStream<M extends EventMap = AnyEvents> extends EventStreamState<M>, EventStreamActions {
  /** Calls `handler` with every event of that name, until the returned function is called. */
  on: <Name extends keyof M & string>(name: Name, handler: EventHandler<M, Name>) => () => void
  /**
   * Calls `listener` whenever the state is published, until the returned function is called: at most once per frame, and
   * at once when the stream closes.
   */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M>
}
