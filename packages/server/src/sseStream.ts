/**
 * A source of events as a stream of bytes, the body of one response. The source starts when the stream is first read, and
 * cancelling the stream ends it.
 */
export interface SSEStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  /** The headers of its response. */
  readonly headers: Headers

  /** Makes the response of a fetch handler. Headers of `init` win. Throws a `TypeError` for a stream in use. */
  toResponse(init?: ResponseInit): Response
}
