import type { SSEError } from '@tidewire/protocol'
import type { SharedText } from './sharedText.ts'

/** What writes to a sink: a session, or a connection of a hub. */
export interface Writer {
  /** Tells it that the sink is ready again. */
  wake(): void
  /** Ends it at once: the reader has left. */
  abort(): void
}

/** Where frames leave: one response of one runtime. It wakes its writer whenever `ready` turns true. */
export interface Sink {
  /** Whether the reader takes a chunk now. */
  readonly ready: boolean
  /** What it was given and has not handed on, in bytes. */
  readonly bufferedSize: number
  /** Takes one chunk. Called only when ready. */
  write(text: string): void
  /** Takes one chunk that many responses take. Called only when ready. */
  writeShared(text: SharedText): void
  /** Ends the response, with an error as one that was cut off. Called once. */
  end(error?: SSEError): void
  /** Cuts off a response that was ended and has not come to its end. */
  cutOff(): void
  /** Resolves when the response is over: its end has left, or its reader has. */
  readonly closed: Promise<void>
}
