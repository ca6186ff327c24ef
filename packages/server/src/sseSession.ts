import type { SSEEvent, SSEEvents } from './sseEvent.ts'
import type { SSERequest } from './sseRequest.ts'

/**
 * One open response, as its producer sees it.
 *
 * `send` waits for the reader; `write` and the short forms never wait and never buffer more than `maxBufferSize`. What is
 * written in one turn of the event loop leaves as one chunk. Each function works also where it is taken from its session:
 * `({ write }) => …`, `emitter.on('price', session.json)`. Every way of writing throws (`send` rejects with) an
 * `SSEError` `invalid-event` for an event that cannot be sent.
 */
export interface SSESession<M extends object = SSEEvents> {
  /**
   * Sends an event and waits until the reader has room for more.
   *
   * Sends that wait keep their order. Await them, or use {@link write}: a dropped promise never becomes an unhandled
   * rejection, so its failure is lost.
   *
   * Rejects with an `SSEError`, and sends nothing: `closed` after the end, `invalid-event`, and `overflow` where 1024 sends
   * wait already, or sends of `maxBufferSize` bytes.
   */
  send(this: void, event: SSEEvent<M>): Promise<void>

  /**
   * Writes an event without waiting.
   *
   * Returns false, and writes nothing, after the end, where the buffer would exceed `maxBufferSize`, or while a `send`
   * waits for room.
   */
  write(this: void, event: SSEEvent<M>): boolean

  /** Writes a `message` whose payload is JSON, strings too. Returns what {@link write} returns. */
  json(this: void, data: 'message' extends keyof M ? M['message'] : never): boolean

  /** Writes a named event. Returns what {@link write} returns. */
  event<K extends keyof M & string>(this: void, name: K, data: M[K]): boolean

  /** Writes a comment, which readers ignore. Returns what {@link write} returns. */
  comment(this: void, text: string): boolean

  /** Writes a block that only moves the reader's last event ID, at once. Returns what {@link write} returns. */
  id(this: void, id: string | number): boolean

  /** Writes a block that only sets the reader's reconnection time, in milliseconds. Returns what {@link write} returns. */
  retry(this: void, delay: number): boolean

  /**
   * Sends `{ message, code?, details? }` as the event of that name, then closes. Returns false after the end.
   *
   * It is the last word: the stream ends as complete, and our client does not come back to run the producer again. A
   * source that wants its reader back throws instead.
   */
  error(this: void, event: string, message: string, code?: string | number, details?: unknown): boolean

  /** Ends the stream as complete, after all that was written and `comment`. Does nothing after the end. */
  close(this: void, comment?: string): void

  /**
   * Calls back once when the session ends, whoever ended it; at once where it has ended. A callback that throws, or
   * whose promise rejects, reaches `onError` with stage `onClose` and stops no other.
   */
  onClose(this: void, callback: () => unknown): void

  /** Resolves when the session ends. Never rejects. */
  readonly closed: Promise<void>

  /** Aborts when the session ends: hand it to what the producer waits for. */
  readonly signal: AbortSignal

  /** The position that the reader resumes from; `''` where it has none. */
  readonly lastEventId: string

  /** The request that is answered, where it was given. */
  readonly request: SSERequest | undefined
}
