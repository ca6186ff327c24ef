/** The body of a response, which knows when its reader has taken what was sent. */
export interface TestBody {
  readonly stream: ReadableStream<Uint8Array>
  /** Whether anybody may read more of it. */
  readonly isOpen: boolean
  /** Resolves when it is over, whoever ended it. */
  readonly closed: Promise<void>
  send: (chunk: Uint8Array) => void
  /** Resolves when the reader has taken all that was sent and asks for more, or when the body is over. */
  taken: () => Promise<void>
  end: () => void
  fail: (error: unknown) => void
}

/** Creates a body that holds back nothing: its reader asks for more only when it is done with what it has. */
export function createTestBody(): TestBody {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  let isOpen = true
  let isAsked = false
  let waiting: (() => void)[] = []
  let close!: () => void
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const settle = () => {
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const over = () => {
    isOpen = false
    settle()
    close()
  }
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(given) {
      controller = given
    },
    pull() {
      isAsked = true
      settle()
    },
    cancel: over,
  }
  return {
    // Asked only where a read waits.
    stream: new ReadableStream(source, { highWaterMark: 0 }),
    get isOpen() {
      return isOpen
    },
    closed,
    send(chunk) {
      if (!isOpen) return
      isAsked = false
      controller.enqueue(chunk)
    },
    async taken() {
      if (isOpen && !isAsked) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    end() {
      if (!isOpen) return
      controller.close()
      over()
    },
    fail(error) {
      if (!isOpen) return
      controller.error(error)
      over()
    },
  }
}
