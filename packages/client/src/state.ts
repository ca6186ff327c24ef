import type { SSEError } from '@tidewire/protocol'
import type { RequestOptions } from './options.ts'
import type { AnyEvents, EventHandler, EventMap, PayloadOf, SSEMessageOf } from './types.ts'

/**
 * Where a stream is in its life.
 *
 * `idle`: it has no URL or is not enabled. `connecting`: the first attempt is under way. `open`: the server has answered
 * with an event stream. `reconnecting`: the connection is lost; the next attempt is under way or waits for its time.
 * `paused`: it has no connection on purpose, until it is resumed. `closed`: it is over, and `closeReason` says why.
 */
export type EventStreamStatus = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'paused' | 'closed'

/**
 * Why a stream is closed.
 *
 * `complete`: the server said that there is no more. `manual`: `close()` was called, or the signal was aborted.
 * `denied`: the server answered 401 or 403, or refused the channel. `revoked`: the server took back the right to it, or sent
 * the reader away. `fatal`: it failed in a way that another attempt cannot mend, or the attempts are used up; `error` says
 * how.
 */
export type CloseReason = 'complete' | 'manual' | 'denied' | 'revoked' | 'fatal'

/** Events that were for this reader and that it does not get. */
export interface Gap {
  /**
   * `reset`: the server has them no longer, or could not be told from where to go on, as no header can carry the position; or
   * they came for others while this one rested. `dropped`: they came, and could not be taken; `error` says why.
   */
  readonly reason: 'reset' | 'dropped'
  readonly error?: SSEError | undefined
}

/** What there is to know of a connection, whatever goes over it. What does not apply is undefined. */
export interface ConnectionState {
  /** Where the stream is in its life. */
  readonly status: EventStreamStatus
  /** Whether it has been without its connection for longer than `lostAfter`: what to show a banner for. */
  readonly isLost: boolean
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
  /** What the last connection was made by: `fetch`, or as the transport calls itself. */
  readonly transport: string
}

/** All that there is to know of a stream. */
export interface EventStreamState<M extends EventMap, Data = PayloadOf<M> | undefined> extends ConnectionState {
  /** The payload of the last event, whatever its name; with `reduce`, what that made of all of them. */
  readonly data: Data
  /** The last event. */
  readonly lastEvent: SSEMessageOf<M> | undefined
  /** The last events, oldest first; as many as the option `recent` asks for. */
  readonly recent: readonly SSEMessageOf<M>[]
}

/** What can be done with a stream. */
export interface EventStreamActions {
  /**
   * Connects where the stream is idle or closed, from the last position; else does nothing. What is given replaces that
   * part of the request, from here on: another body for another POST.
   */
  open: (request?: RequestOptions) => void
  /** Gives up the connection until `resume()`. The position is kept. What is not a GET is sent again then. */
  pause: () => void
  /** Ends `pause()`, and connects from the last position; unless there is another reason to pause. */
  resume: () => void
  /** Drops the connection, or the wait for one, and connects at once, from the last position. */
  reconnect: () => void
  /** Ends the stream, whatever it is doing. No later event reaches anybody; `onClose` is called. Idempotent. */
  close: () => void
}

/** A stream of events. Its fields are the state now. */
export interface EventStream<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends EventStreamState<M, Data>, EventStreamActions, AsyncIterable<SSEMessageOf<M>, undefined> {
  /** Calls `handler` with every event of that name, until the returned function is called. */
  on: <Name extends keyof M & string>(name: Name, handler: EventHandler<M, Name>) => () => void
  /**
   * Resolves when the server has first answered with an event stream; rejects with an {@link SSEError} where the stream is
   * over before. It may be dropped: it never becomes an unhandled rejection.
   */
  readonly opened: Promise<void>
  /**
   * Calls `listener` whenever the state is published, until the returned function is called: at most once per frame, and
   * at once when the stream closes.
   */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => EventStreamState<M, Data>
  /**
   * Iterates over all events from here on, until the stream is closed; throws where it failed. The stream does not wait:
   * 1,024 events are kept for a slow loop, and beyond that the oldest are lost, which is a gap.
   */
  [Symbol.asyncIterator]: () => AsyncIterator<SSEMessageOf<M>, undefined>
}
