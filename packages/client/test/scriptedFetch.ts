const encoder = new TextEncoder()

/** One request that the client has sent, and the answer that a test gives to it, step by step. */
export class Exchange {
  readonly url: string
  readonly init: RequestInit
  /** Whether the client has given it up: aborted it, or cancelled the body. */
  isAbandoned = false
  #isOver = false
  #body: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly #answer = Promise.withResolvers<Response>()

  constructor(url: string, init: RequestInit, obeysSignal: boolean) {
    this.url = url
    this.init = init
    if (!obeysSignal) return
    const abort = () => {
      if (this.#isOver) return
      this.isAbandoned = true
      this.fail(init.signal?.reason)
    }
    if (init.signal?.aborted) abort()
    else init.signal?.addEventListener('abort', abort)
  }

  get response(): Promise<Response> {
    return this.#answer.promise
  }

  /** Whether it costs a connection. */
  get isLive(): boolean {
    return !this.#isOver && !this.isAbandoned
  }

  header(name: string): string | null {
    return new Headers(this.init.headers).get(name)
  }

  /** Answers with a head; the body stays open. An event stream unless the head says otherwise. */
  respond(init: ResponseInit = {}): this {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller
      },
      cancel: () => {
        this.isAbandoned = true
      },
    })
    const isBodyless = init.status === 204 || init.status === 205
    if (isBodyless) this.#isOver = true
    this.#answer.resolve(
      new Response(isBodyless ? null : body, { headers: { 'Content-Type': 'text/event-stream' }, ...init }),
    )
    return this
  }

  /** Sends one chunk. */
  send(chunk: string | Uint8Array): this {
    this.#body?.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
    return this
  }

  /** Ends the body as a server does that has nothing more to say. */
  end(): void {
    this.#isOver = true
    this.#body?.close()
  }

  /** Breaks the connection, before or after the head. */
  fail(error: unknown = new TypeError('socket hang up')): void {
    this.#isOver = true
    this.#answer.reject(error)
    this.#body?.error(error)
  }
}

/** A `fetch` that does nothing by itself. */
export interface ScriptedFetch {
  readonly fetch: typeof globalThis.fetch
  /** All requests, oldest first. */
  readonly exchanges: readonly Exchange[]
  /** The newest request. */
  readonly last: Exchange
  /** The requests that cost a connection. */
  readonly live: readonly Exchange[]
}

/** Creates a `fetch` whose answers a test gives by hand. */
export function createScriptedFetch({ obeysSignal = true } = {}): ScriptedFetch {
  const exchanges: Exchange[] = []
  return {
    fetch: (input, init = {}) => {
      const exchange = new Exchange(input instanceof Request ? input.url : String(input), init, obeysSignal)
      exchanges.push(exchange)
      return exchange.response
    },
    exchanges,
    get last() {
      const exchange = exchanges.at(-1)
      if (!exchange) throw new Error('Nothing was requested.')
      return exchange
    },
    get live() {
      return exchanges.filter(({ isLive }) => isLive)
    },
  }
}
