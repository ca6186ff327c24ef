/** What a server is to do for a while. */
export interface Phase {
  /** How long it publishes, in milliseconds. */
  readonly duration: number
  /** The size of a payload, in bytes. */
  readonly size: number
  /** How many events it publishes in one turn of the event loop; none where it publishes by the clock. */
  readonly perTurn: number
  /** After how many turns it hears that all readers have all of it. It is never further ahead than twice that. */
  readonly turns: number
  /** How many events it publishes in a second, whether or not the readers have what was before. */
  readonly rate: number
}

/** What it did. */
export interface Published {
  readonly events: number
  /** In microseconds. */
  readonly cpu: number
  /** How much more memory it took at most, in bytes. */
  readonly growth: number
  /** How many responses are over. */
  readonly closed: number
}

/** What its readers had of that. */
export interface Received {
  readonly events: number
  /** In milliseconds. */
  readonly time: number
  /** In microseconds. */
  readonly cpu: number
  /** From publish to read, in milliseconds. */
  readonly p50: number
  readonly p99: number
}
