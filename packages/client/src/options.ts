import type { EventTypes, SSEError } from '@tidewire/protocol'
import type { RetryOptions } from './backoff.ts'
import type { Parse } from './payload.ts'
import type { CloseReason } from './state.ts'
import type { AnyEvents, EventHandlers, EventMap, PayloadOf, SSEMessageOf } from './types.ts'

/** What is asked of the server. */
export interface RequestOptions {
  /** @default 'POST' with a `body`, else 'GET' */
  method?: string | undefined
  /**
   * A string, an object or an array is sent as `application/json`, unless `headers` says otherwise. What `fetch` sends by
   * itself, such as `FormData`, is sent so; a `ReadableStream` cannot be.
   */
  body?: Exclude<BodyInit, ReadableStream> | object | undefined
  /** Request headers. A function is called before every attempt, so that a token can be renewed. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined
  /** Whether cookies go along, also to another origin (`include`). @default 'same-origin' */
  credentials?: RequestCredentials | undefined
  /** Is used instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined
  /** The position to start from, as if it were a reconnection. */
  lastEventId?: string | undefined
}

/**
 * What a stream reports. Every callback is called for every event, in order. One that throws is reported to the
 * platform (`reportError`) and stops nobody.
 */
export interface EventStreamCallbacks<M extends EventMap> {
  /** Handlers by event name. */
  on?: EventHandlers<M> | undefined
  /** Called with every event, whatever its name. */
  onEvent?: ((event: SSEMessageOf<M>) => void) | undefined
  /** Called with the payload of every event that has no name of its own. */
  onMessage?: ((data: M extends { message: infer Data } ? Data : PayloadOf<M>) => void) | undefined
  /** Called whenever the server has answered with an event stream, also after a reconnection. */
  onOpen?: (() => void) | undefined
  /** Called when the stream is over for good. */
  onClose?: ((reason: CloseReason) => void) | undefined
  /** Called for every failure, also where another attempt follows. */
  onError?: ((error: SSEError) => void) | undefined
}

/** Options of a stream. */
export interface EventStreamOptions<M extends EventMap = AnyEvents> extends RequestOptions, EventStreamCallbacks<M> {
  /** The names and payload types of the events: `eventTypes<{ tick: number }>()`. */
  events?: EventTypes<M> | undefined
  /** How a payload is parsed. `auto` is JSON if it parses, else the text. @default 'auto' */
  parse?: Parse | undefined
  /** Whether to be connected. @default true */
  enabled?: boolean | undefined
  /** How many events `recent` holds. Each event copies the list, so keep no more than is shown. @default 0 */
  recent?: number | undefined
  /** The longest event that is accepted, in characters; a longer one is fatal. @default 16_777_216 */
  maxEventSize?: number | undefined
  /**
   * Whether and how to reconnect. Where the method is not GET the default is `false`: a request that may have had an
   * effect is never repeated unasked.
   */
  retry?: false | RetryOptions | undefined
  /** Closes the stream when it is aborted. */
  signal?: AbortSignal | undefined
}

/** Refuses numbers that make no sense. Throws a TypeError that names the option. */
export function checkOptions({ recent, maxEventSize, retry }: EventStreamOptions): void {
  for (const [name, option] of Object.entries({ recent, maxEventSize, ...retry })) {
    // What is no number, as a function or a missing option, is neither less than one nor NaN.
    const value = option as number
    const least = name === 'multiplier' ? 1 : 0
    if (value < least || Number.isNaN(value)) {
      throw new TypeError(`Expected \`${name}\` to be at least ${least}, got ${value}.`)
    }
  }
}
