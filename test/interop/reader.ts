/** An event as a reader hands it out. */
export interface ReceivedEvent {
  readonly event: string
  readonly data: string
  /** The id that the reader says with the event. */
  readonly id: string
}

/** A reader of another make. */
export interface Reader {
  /** The events that it has handed out, without those that are reserved. */
  readonly received: readonly ReceivedEvent[]
  /** Resolves when it has stopped by itself and does not come back. */
  readonly stopped: Promise<void>
  close: () => unknown
}

/** Follows a stream; `names` are the events that it listens for. */
export type OpenReader = (url: string, names: readonly string[]) => Reader | Promise<Reader>
