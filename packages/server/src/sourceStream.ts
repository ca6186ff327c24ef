import { refuse } from './refuse.ts'
import { markHandled } from './markHandled.ts'
import { mergeHeaders } from './responseHeaders.ts'
import { runSource, type Source } from './runSource.ts'
import { Session } from './session.ts'
import type { Sink } from './sink.ts'
import type { SSERequest } from './sseRequest.ts'
import type { SSEStream } from './sseStream.ts'
import type { StreamSettings } from './streamSettings.ts'
import { UNBUFFERED, webSource } from './webSource.ts'

/** The stream of a source: a web stream, unless an adapter claims it to write by itself. */
export class SourceStream extends ReadableStream<Uint8Array<ArrayBuffer>> implements SSEStream {
  readonly #source: Source
  readonly #settings: StreamSettings
  #session: Session | undefined
  #hasResponse = false
  /** Whether a request needs no further leave to be answered by this stream. */
  isAdmitted: boolean
  #isAsking = false

  constructor(source: Source, settings: StreamSettings) {
    super(
      webSource(
        (sink) => this.#start(sink, settings.request),
        (sink) => this.#forget(sink),
      ),
      UNBUFFERED,
    )
    this.#source = source
    this.#settings = settings
    this.isAdmitted = !settings.prepare && !settings.accept
  }

  /** The request that it was made for. */
  get request(): SSERequest | undefined {
    return this.#settings.request
  }

  get headers(): Headers {
    return this.#settings.headers
  }

  toResponse(init?: ResponseInit): Response {
    this.#expectAdmitted()
    return this.#toResponse(init)
  }

  async respond(init?: ResponseInit): Promise<Response> {
    const { request, signal } = this.#settings
    return (await this.admit(request, request?.signal ?? signal)) ?? this.#toResponse(init)
  }

  /** Lets a request in, once. Resolves with the response that refuses it; then, and if it rejects, the stream is over. */
  async admit(request: SSERequest | undefined, signal: AbortSignal | undefined): Promise<Response | undefined> {
    if (this.isAdmitted) return undefined
    if (this.#isAsking) throw new TypeError('Expected a stream that is not in use, got one that is being prepared.')
    this.#isAsking = true
    try {
      const refusal = await refuse(this.#settings, request, signal)
      this.isAdmitted = !refusal
      return refusal
    } finally {
      if (!this.isAdmitted) void markHandled(this.cancel())
    }
  }

  #expectAdmitted(): void {
    if (this.isAdmitted) return
    throw new TypeError('Expected `respond()` or `pipeSSE` for a stream with `prepare` or `accept`: they may refuse.')
  }

  #toResponse(init: ResponseInit = {}): Response {
    // A `Response` refuses only a body that is being read, and of two with the same body one would stay empty.
    if (this.#hasResponse) throw new TypeError('Expected a stream that is not in use, got one that has its response.')
    const response = new Response(this, { ...init, headers: mergeHeaders(init.headers, this.headers) })
    this.#hasResponse = true
    return response
  }

  /**
   * Takes a stream from its readers, to start it on another sink than its own. Returns undefined for any other stream.
   * Throws a `TypeError` for a stream in use.
   */
  static claim(stream: ReadableStream): ((sink: Sink, request: SSERequest) => Session) | undefined {
    if (!(#session in stream)) return undefined
    if (stream.#session) throw new TypeError('Expected a stream that is not in use, got one that was read already.')
    stream.getReader()
    return (sink, request) => stream.#start(sink, stream.#settings.request ?? request)
  }

  #start(sink: Sink, request: SSERequest | undefined): Session {
    // Read directly, it would go around what guards it.
    this.#expectAdmitted()
    this.#session = new Session(this.#settings, sink, request)
    void runSource(this.#source, this.#session)
    return this.#session
  }

  // A source that lives already is let go, though nobody will read it.
  #forget(sink: Sink): void {
    this.#session = new Session(this.#settings, sink, this.#settings.request)
    this.#session.abort()
    void runSource(this.#source, this.#session)
  }
}
