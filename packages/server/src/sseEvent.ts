/** Payload types by event name, where nothing is known about them. */
export type SSEEvents = Record<string, unknown>

/** The fields that any block of an event stream may hold, beside its event. */
interface SSEFields {
  /**
   * The position that the reader resumes from; it stays in force until the next id. `''` clears it. At most 1,024 bytes,
   * without control characters and spaces at its ends: a reader sends it back in a header.
   */
  id?: string | number | undefined
  /** How long the reader waits before it reconnects, in milliseconds. */
  retry?: number | undefined
  /** Text that readers ignore, for people and proxies. */
  comment?: string | undefined
}

/**
 * Describes one block of an event stream: an event with its payload, or `id`, `retry` and `comment` alone.
 *
 * Strings are sent as they are, other payloads as JSON. An event without a name is a `message`.
 * HTML Standard, section 9.2.6.
 */
export type SSEEvent<M extends object = SSEEvents> =
  | { [K in keyof M & string]: SSENamedEvent<K, M[K]> }[keyof M & string]
  | (SSEFields & { event?: undefined; data?: never })

/** One event of the map; `message` may go without its name. */
type SSENamedEvent<K extends string, D> = SSEFields & { data: D } & ('message' extends K
    ? { event?: K | undefined }
    : { event: K })
