import type { SSERequest, SSEStream } from '@tidewire/server'
import type { Observation } from './observation.ts'

/** One request, in whichever way it came in. */
export interface Call {
  readonly query: URLSearchParams
  /** The request of a fetch handler; `pipeSSE` takes that of node by itself. */
  readonly request: SSERequest | undefined
  readonly observation: Observation
  /** Aborts when the application shuts down, where that is told. */
  readonly shutdown: AbortSignal | undefined
  /** Reads the body of the request. */
  body(): Promise<string>
  /** The body of the request, as it comes in. */
  upload(): ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
}

/** What a route answers. */
export interface Answer {
  readonly stream: SSEStream
  /** Whether it may refuse its request. */
  readonly mayRefuse?: boolean
  readonly status?: number
  readonly headers?: Record<string, string>
}

export type Route = (call: Call) => SSEStream | Answer | Promise<SSEStream>
