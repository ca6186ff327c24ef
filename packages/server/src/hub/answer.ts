import type { Sink, Writer } from '../sink.ts'

/** What a hub answers to a request: a response as it is, or a stream that begins on a sink. */
export type HubAnswer = Response | HubStream

/** A stream that a reader was let into. It has a place in the hub. */
export interface HubStream {
  readonly headers: Headers
  /** Begins it. To be called once. */
  start(sink: Sink): Writer
  /** Gives its place back, where it will not begin. */
  forget(): void
}
