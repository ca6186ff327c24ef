import { SSEError } from '@tidewire/protocol'
import { readRequest, signalOf } from './requestFacts.ts'
import { type TestChange, toChange } from './testChange.ts'
import type { TestConnection } from './testConnection.ts'
import { createTestLog } from './testLog.ts'
import { receiveRequest, type ReceivedRequest, type TestRequest } from './testRequest.ts'
import { turn } from './turn.ts'
import { createWaitingLine } from './waitingLine.ts'

/** Options of a test transport. */
export interface TestTransportOptions {
  /**
   * Called with every change of a connection's set. What it returns, or resolves to, is the status that the change is
   * answered with, 204 where it is undefined; where it throws, the request fails as without a network.
   */
  onChange?: ((change: TestChange) => number | undefined | Promise<number | undefined>) | undefined
}

/** The other end of every stream that is given its `fetch`: what a server would do, a test does by hand. */
export interface TestTransport {
  /** Is given to whoever is tested. */
  readonly fetch: typeof globalThis.fetch
  /** All requests for streams, oldest first. */
  readonly requests: readonly TestRequest[]
  /** The connections that are open now, oldest first. */
  readonly connections: readonly TestConnection[]
  /** All changes of a connection's set, oldest first. They are no `requests`, and have their answer already. */
  readonly changes: readonly TestChange[]
  /** Resolves with the oldest request that waits for an answer, once there is one; `matches` leaves out others. */
  request: (matches?: (request: TestRequest) => boolean) => Promise<TestRequest>
  /** Resolves with the oldest change that it has not resolved with before, once there is one. */
  change: () => Promise<TestChange>
  /** Answers the oldest request that waits, once there is one, with an event stream that stays open. */
  open: (headers?: HeadersInit) => Promise<TestConnection>
  /** Answers it with another status, or with a type that is no event stream. */
  refuse: (status: number, headers?: HeadersInit) => Promise<void>
  /** Fails it as `fetch` does where there is no network. */
  fail: (error?: unknown) => Promise<void>
  /**
   * Ends every stream as complete, and from here on answers every request with 204, so that no client tries again. What
   * still waits rejects with an {@link SSEError} with the code `closed`. Idempotent.
   */
  close: () => Promise<void>
}

/**
 * Creates the other end of streams for a test, without a server: its `fetch` takes requests, and the test answers them.
 * Parsing, resuming and reconnecting are the client's own. It runs in Node and in browsers, and under fake timers.
 *
 * @example
 * const transport = createTestTransport()
 * const stream = createEventStream('/orders', { fetch: transport.fetch })
 * const connection = await transport.open()
 * await connection.event('updated', { title: 'A lamp' }, { id: '1' })
 */
export function createTestTransport({ onChange }: TestTransportOptions = {}): TestTransport {
  const received: ReceivedRequest[] = []
  const changes: TestChange[] = []
  const log = createTestLog()
  const line = createWaitingLine<TestRequest>(() => received.map(({ request }) => request).filter(isPending))
  let given = 0
  const changeLine = createWaitingLine<TestChange>(() => changes.slice(given))
  let isClosed = false

  function request(matches?: (request: TestRequest) => boolean): Promise<TestRequest> {
    return line.next((request) => request, matches)
  }

  async function take(change: TestChange): Promise<Response> {
    changes.push(change)
    changeLine.look()
    return new Response(null, { status: (await onChange?.(change)) ?? 204 })
  }

  return {
    async fetch(input, init) {
      const facts = await readRequest(input, init)
      if (isClosed) return new Response(null, { status: 204 })
      const change = toChange(facts)
      if (change) return take(change)
      const connection = `connection-${received.length + 1}`
      const lastRev = () => changes.findLast((change) => change.connection === connection)?.rev ?? 0
      const one = receiveRequest(facts, signalOf(input, init), { log, connection, lastRev })
      received.push(one)
      line.look()
      return one.response
    },
    get requests() {
      return received.map(({ request }) => request)
    },
    get connections() {
      return received.flatMap(({ connection }) => (connection?.isOpen ? [connection] : []))
    },
    changes,
    request,
    change: () =>
      changeLine.next((change) => {
        given++
        return change
      }),
    open: (headers) => line.next((request) => request.open(headers)),
    refuse: (status, headers) => line.next((request) => request.refuse(status, headers)),
    fail: (error) => line.next((request) => request.fail(error)),
    async close() {
      isClosed = true
      const error = new SSEError('closed', 'The transport was closed.')
      line.close(error)
      changeLine.close(error)
      for (const { close } of received) close()
      await turn()
    },
  }
}

const isPending = ({ isPending }: TestRequest) => isPending
