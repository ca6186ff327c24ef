import { BYE, type Bye, SSEError } from '@tidewire/protocol'
import { type Block, formatBlock, formatPayload } from './formatBlock.ts'
import type { RequestFacts } from './requestFacts.ts'
import { createTestBody } from './testBody.ts'
import { createTestHub, type TestHub } from './testHub.ts'
import type { HubContext } from './testLog.ts'
import { turn } from './turn.ts'

/** What an event may have beside its payload. */
export interface TestEventOptions {
  /** The event's id. */
  id?: string | undefined
}

/**
 * A connection, from the server's side. Each verb does what it says at once, in order; its promise resolves when the client
 * has taken that, and everything has happened that waits for no time. It rejects with an {@link SSEError} with the code
 * `closed` where the connection is over already. A field that cannot be sent is a `TypeError`.
 */
export interface TestConnection {
  /** What the client has asked for. */
  readonly request: RequestFacts
  /** Whether neither side has ended it. */
  readonly isOpen: boolean
  /** Resolves when it is over, whoever ended it. */
  readonly closed: Promise<void>
  /** Sends an event: text as it is, every other payload as JSON. */
  event: (name: string, data: unknown, options?: TestEventOptions) => Promise<void>
  /** Sends an event without a name. */
  message: (data: unknown, options?: TestEventOptions) => Promise<void>
  /** Sends a comment, as a heartbeat is one. */
  comment: (text?: string) => Promise<void>
  /** Sends a position without an event. */
  id: (id: string) => Promise<void>
  /** Asks the client to wait before its next attempt, in milliseconds. */
  retry: (delay: number) => Promise<void>
  /** Sends a chunk as it is: half an event, say, or half a character. */
  text: (chunk: string | Uint8Array) => Promise<void>
  /** Says why the stream ends, and ends it. `code` goes with the reason `error`. @default 'complete' */
  bye: (reason?: Bye['reason'], code?: string) => Promise<void>
  /** Ends the response without a word, as a proxy does. */
  end: () => Promise<void>
  /** Loses the connection, as a network does. */
  drop: (error?: unknown) => Promise<void>
  /** Says nothing more, and holds the connection: what is sent from here on is lost on its way. */
  stall: () => Promise<void>
  /** What a hub says. */
  readonly hub: TestHub
}

/** A connection, and the ways to it that a test does not see. */
export interface OpenConnection {
  readonly connection: TestConnection
  readonly body: ReadableStream<Uint8Array>
  /** Resolves when the client reads, or has left. */
  readonly taken: () => Promise<void>
  /** The client gives it up. */
  readonly abort: (reason: unknown) => void
  /** Ends the stream as complete, however it was left. */
  readonly close: () => void
}

const encoder = new TextEncoder()

/** Accepts a request. */
export function openConnection(request: RequestFacts, context: HubContext): OpenConnection {
  const body = createTestBody()
  let isEnding = false
  let isStalled = false
  /** Whether the last block is complete. */
  let isWhole = true

  const taken = async () => {
    await body.taken()
    await turn()
  }

  function send(chunk: string | Uint8Array): Promise<void> {
    if (isEnding || !body.isOpen) return Promise.reject(new SSEError('closed', 'The connection is over.'))
    if (isStalled) return turn()
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk
    isWhole = /(\n\n|\r\r|\r\n\r\n)$/.test(String.fromCharCode(...bytes.slice(-4)))
    body.send(bytes)
    return taken()
  }

  const block = (fields: Block) => send(formatBlock(fields))

  async function finish(act: () => void): Promise<void> {
    if (isEnding || !body.isOpen) throw new SSEError('closed', 'The connection is over.')
    isEnding = true
    // A failure would take away what was not read yet.
    await body.taken()
    act()
    await turn()
  }

  const connection: TestConnection = {
    request,
    get isOpen() {
      return body.isOpen && !isEnding
    },
    closed: body.closed,
    event: (name, data, options) => block({ event: name, data: formatPayload(data), id: options?.id }),
    message: (data, options) => block({ data: formatPayload(data), id: options?.id }),
    comment: (comment = '') => block({ comment }),
    id: (given) => block({ id: given }),
    retry: (retry) => block({ retry }),
    text: send,
    bye(reason = 'complete', code) {
      const said = block({ event: BYE, data: JSON.stringify({ reason, code }) })
      // A client that was told to leave may have left, and one that was not told gets no end either.
      return isStalled || !connection.isOpen ? said : finish(body.end)
    },
    end: () => finish(body.end),
    drop: (error = new TypeError('network error')) => finish(() => body.fail(error)),
    stall() {
      isStalled = true
      return turn()
    },
    hub: createTestHub(block, request, context),
  }
  return {
    connection,
    body: body.stream,
    taken,
    abort: body.fail,
    close() {
      isStalled = false
      // After half an event, a goodbye would be a part of it.
      if (connection.isOpen) void (isWhole ? connection.bye() : connection.end())
    },
  }
}
