import type { EventTypes, SSEError, StandardSchema } from '@tidewire/protocol'
import type { RetryOptions } from './backoff.ts'
import type { Transport } from './connect.ts'
import type { Parse } from './payload.ts'
import type { CloseReason, Gap } from './state.ts'
import type { AnyEvents, EventHandlers, EventMap, PayloadOf, SSEMessage, SSEMessageOf } from './types.ts'

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
  /** Is called before every attempt and returns where it goes: for signed URLs, or another host. */
  resolveURL?: ((url: string) => string | URL | Promise<string | URL>) | undefined
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
  /** Called with every event that has no schema in `events`. It reaches no other callback, and not the state. */
  onUnknownEvent?: ((event: SSEMessage) => void) | undefined
  /** Called whenever the server has answered with an event stream, also after a reconnection. */
  onOpen?: (() => void) | undefined
  /** Called when the stream is over for good. */
  onClose?: ((reason: CloseReason) => void) | undefined
  /** Called for every failure, also where another attempt follows; but not for one that `onUnauthorized` mends. */
  onError?: ((error: SSEError) => void) | undefined
  /** Called where events are lost that this reader was to get: fetch what is shown anew. */
  onGap?: ((gap: Gap) => void) | undefined
}

/** What a stream makes of its events. */
export interface EventOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined> {
  /**
   * The names and payload types of the events: `eventTypes<{ tick: number }>()`, or a map of Standard Schemas,
   * `{ tick: z.number() }`. A payload that its schema refuses is an error `invalid-event` and a gap, and the stream goes on.
   */
  events?: EventTypes<M> | { readonly [Name in keyof M]: StandardSchema<unknown, M[Name]> } | undefined
  /** How a payload is parsed. `auto` is JSON if it parses, else the text. @default 'auto' */
  parse?: Parse | undefined
  /** Makes `data` out of what it was and of the next event. Without it, `data` is the payload of the last event. */
  reduce?: ((data: Data, event: SSEMessageOf<M>) => Data) | undefined
  /** What `data` is before the first event. */
  initialData?: Data | undefined
  /** How many events `recent` holds. @default 0 */
  recent?: number | undefined
}

/** Where events are not reduced: `data` is the payload of the last one, or before that what it begins with. */
export interface UnreducedOptions<Initial> {
  reduce?: undefined
  initialData?: Initial | undefined
}

/** What a connection is held to. */
export interface ConnectionOptions {
  /**
   * How often the server shows that it lives, in milliseconds: a connection that is silent for twice as long is given up as
   * lost. `false` waits for ever. By default it is what a hub says of itself; other servers say nothing.
   */
  heartbeat?: number | false | undefined
  /** How long the server may take to answer, in milliseconds; 0 for ever. @default 30_000 */
  connectTimeout?: number | undefined
  /** The longest payload that is taken, in characters. A longer one is an error `too-large` and a gap. @default 16_777_216 */
  maxEventSize?: number | undefined
  /** The most that is held of an event that is not complete, in characters; more ends the stream. @default 16_777_216 */
  maxBufferSize?: number | undefined
  /**
   * Whether and how to reconnect. Where the method is not GET the default is `false`: a request that may have had an
   * effect is never repeated unasked.
   */
  retry?: false | RetryOptions | undefined
  /** For how long a connection has to be lost before `isLost` says so, in milliseconds. @default 5000 */
  lostAfter?: number | undefined
  /**
   * Whether to pause while nobody sees the page: `true` after ten seconds, or after as many milliseconds. It resumes where
   * it was. @default false
   */
  pauseWhenHidden?: boolean | number | undefined
  /**
   * Called after a 401, and where the server says that the credentials have expired: renew them. Then there is one more
   * attempt, at once, from the same position. Where it throws, or that is refused too, the stream is closed as denied.
   */
  onUnauthorized?: ((error: SSEError) => unknown) | undefined
  /** How connections are made, instead of by `fetch`. */
  transport?: Transport | undefined
}

/** Options of a stream. */
export interface EventStreamOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends RequestOptions, EventStreamCallbacks<M>, EventOptions<M, Data>, ConnectionOptions {
  /** Whether to be connected. @default true */
  enabled?: boolean | undefined
  /**
   * Ends the stream, as complete, with the first event for which it returns true. It answers at once: one that is async ends
   * the stream with the error `invalid-request`.
   */
  until?: ((event: SSEMessageOf<M>) => boolean) | undefined
  /** Closes the stream when it is aborted. */
  signal?: AbortSignal | undefined
}

const BOUNDS = [
  'recent',
  'maxEventSize',
  'maxBufferSize',
  'heartbeat',
  'connectTimeout',
  'linger',
  'lostAfter',
  'pauseWhenHidden',
  'maxAttempts',
  'delay',
  'maxDelay',
  'multiplier',
]

/** Those that may be switched off instead. */
const SWITCHES = ['heartbeat', 'pauseWhenHidden']

/** Refuses numbers that make no sense. Throws a TypeError that names the option. */
export function checkOptions(options: object): void {
  const { retry } = options as EventStreamOptions
  for (const [name, option] of Object.entries<unknown>({ ...options, ...retry })) {
    if (option == null || !BOUNDS.includes(name)) continue
    const isSwitch = option === false || (option === true && name === 'pauseWhenHidden')
    if (isSwitch && SWITCHES.includes(name)) continue
    const least = name === 'multiplier' ? 1 : 0
    if (!((option as number) >= least) || typeof option !== 'number') {
      throw new TypeError(`Expected \`${name}\` to be at least ${least}, got ${option as number}.`)
    }
  }
}
