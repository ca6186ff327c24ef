import { mergeHeaders } from './responseHeaders.ts'
import { runSource, type Source } from './runSource.ts'
import { Session } from './session.ts'
import type { Sink } from './sink.ts'
import type { SSERequest } from './sseRequest.ts'
import type { SSEStream } from './sseStream.ts'
import type { StreamSettings } from './streamSettings.ts'
import { WebSink } from './webSink.ts'

/** The stream of a source: a web stream, unless an adapter claims it to write by itself. */
export class SourceStream extends ReadableStream<Uint8Array<ArrayBuffer>> implements SSEStream {
  readonly #source: Source
  readonly #settings: StreamSettings
  #session: Session | undefined
  #hasResponse = false

  constructor(source: Source, settings: StreamSettings) {
    const sink = new WebSink()
    super(
      {
        pull: (controller) => {
          const written = sink.pull(controller)
          if (this.#session) this.#session.wake()
          else this.#start(sink, settings.request)
          return written
        },
        cancel: () => {
          sink.cancel()
          this.#session?.abort()
        },
      },
      // The source decides what is buffered: nothing is produced before it is asked for.
      { highWaterMark: 0 },
    )
    this.#source = source
    this.#settings = settings
  }

  get headers(): Headers {
    return this.#settings.headers
  }

  toResponse(init: ResponseInit = {}): Response {
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
    this.#session = new Session(this.#settings, sink, request)
    void runSource(this.#source, this.#session)
    return this.#session
  }
}
