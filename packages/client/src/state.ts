import type { SSEError } from '@tidewire/protocol'
import type { EventMap, PayloadOf, SSEMessageOf } from './types.ts'

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
