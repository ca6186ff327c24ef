import type { EventStreamOptions } from '@tidewire/client'

/** What comes of a stream. */
export interface Outcome {
  /** What it has told, as `Followed.log`. */
  readonly log: readonly string[]
  readonly lastEventId: string
  /** For how long it waited after its last failure, in milliseconds. */
  readonly wait: number | undefined
}

/** What a client makes of one misbehaviour. Every field that is not there is not looked at, but for `positions`. */
export interface Case {
  readonly name: string
  /** Where the server misbehaves so. */
  readonly route: string
  readonly options?: EventStreamOptions
  /** Whether the connection is cut when its first event has come. Before that, a browser might throw the event away. */
  readonly isCut?: boolean
  /** All that is told. It is closed by hand at the last entry, unless that is its end. */
  readonly log: readonly string[]
  /** The position that each request came with, '' for none. By default there was one request, without. */
  readonly positions?: readonly string[]
  readonly lastEventId?: string
  /** The least and the most that it waited in the end. */
  readonly wait?: readonly [least: number, most: number]
  /** How long it was at least from one request to the next. */
  readonly gaps?: readonly number[]
}

/** What is told of a connection that the server ends. */
export const LOST = 'error:disconnected'

/** What is told of a stream whose first connection has these events, and whose second says that it is complete. */
export const again = (...events: string[]): string[] => ['open', ...events, LOST, 'open', 'close:complete']
