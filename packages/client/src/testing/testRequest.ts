import { SSEError } from '@tidewire/protocol'
import type { RequestFacts } from './requestFacts.ts'
import { type OpenConnection, openConnection, type TestConnection } from './testConnection.ts'
import type { HubContext } from './testLog.ts'
import { turn } from './turn.ts'

/**
 * A request for a stream. Each verb answers it at once; its promise resolves when the client has taken that, and rejects
 * with an {@link SSEError} with the code `closed` where there is nothing to answer any more.
 */
export interface TestRequest extends RequestFacts {
  /** Whether it waits for an answer: it has none, and the client has not given it up. */
  readonly isPending: boolean
  /** Answers with an event stream that stays open. */
  open: (headers?: HeadersInit) => Promise<TestConnection>
  /** Answers with another status, or with a type that is no event stream. */
  refuse: (status: number, headers?: HeadersInit) => Promise<void>
  /** Fails as `fetch` does where there is no network. */
  fail: (error?: unknown) => Promise<void>
}

/** A request, and what a test does not see of it. */
export interface ReceivedRequest {
  readonly request: TestRequest
  readonly response: Promise<Response>
  /** The connection, where there is one. */
  readonly connection: TestConnection | undefined
  /** Ends it as complete, whatever has become of it. */
  readonly close: () => void
}

/** Receives a request for a stream. */
export function receiveRequest(
  facts: RequestFacts,
  signal: AbortSignal | undefined,
  context: HubContext,
): ReceivedRequest {
  let isPending = true
  let opened: OpenConnection | undefined
  let settle!: [resolve: (response: Response) => void, reject: (error: unknown) => void]
  const response = new Promise<Response>((...given) => {
    settle = given
  })

  function answer(): void {
    if (!isPending) throw new SSEError('closed', 'The request has its answer, or was given up.')
    isPending = false
  }

  function abort(): void {
    isPending = false
    settle[1](signal?.reason)
    opened?.abort(signal?.reason)
  }

  const request: TestRequest = {
    ...facts,
    get isPending() {
      return isPending
    },
    async open(headers) {
      answer()
      opened = openConnection(request, context)
      settle[0](new Response(opened.body, { headers: withDefault(headers) }))
      await opened.taken()
      return opened.connection
    },
    async refuse(status, headers) {
      answer()
      const isEmpty = [204, 205, 304].includes(status)
      settle[0](new Response(isEmpty ? null : 'Refused.', { status, headers: headers ?? {} }))
      await turn()
    },
    async fail(error = new TypeError('fetch failed')) {
      answer()
      settle[1](error)
      await turn()
    },
  }
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  return {
    request,
    response,
    get connection() {
      return opened?.connection
    },
    close() {
      if (isPending) void request.refuse(204)
      opened?.close()
    },
  }
}

function withDefault(given: HeadersInit | undefined): Headers {
  const headers = new Headers(given)
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'text/event-stream')
  return headers
}
