/**
 * A source of events as a stream of bytes, the body of one response. The source starts when the stream is first read, and
 * cancelling the stream ends it. The first bytes come at once, as several servers hold the head of a response back until
 * then: an empty comment, where the source has nothing to say yet.
 */
export interface SSEStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  /** The headers of its response. */
  readonly headers: Headers

  /**
   * Makes the response of a fetch handler. Headers of `init` win. Throws a `TypeError` for a stream in use, and for one
   * with `prepare` or `accept`: that is for {@link respond}.
   */
  toResponse(init?: ResponseInit): Response

  /**
   * Makes the response of a fetch handler after the options `accept` and `prepare` had their say: it is the refusal, if
   * there is one. Rejects with what `prepare` threw, and with a `TypeError` for a stream in use.
   */
  respond(init?: ResponseInit): Promise<Response>
}
