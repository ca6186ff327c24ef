import type { SSEError } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'
import { type CheckEvent, resolveEvents } from './eventSchemas.ts'
import { expectKnown, type Known } from './expectKnown.ts'
import { formatSSE } from './formatSSE.ts'
import { defaultHeaders, mergeHeaders, type SSEHeaders } from './responseHeaders.ts'
import type { SSEEvent } from './sseEvent.ts'
import type { SSEStage, SSEStreamOptions } from './sseStreamOptions.ts'

/** The options of a stream, checked, with their defaults. */
export interface StreamSettings extends Pick<SSEStreamOptions, 'request' | 'signal' | 'prepare'> {
  readonly heartbeat: { readonly interval: number; readonly frame: string } | undefined
  /** What the stream begins with. */
  readonly opening: string
  readonly timeout: number | undefined
  readonly check: CheckEvent | undefined
  readonly until: ((event: SSEEvent) => boolean) | undefined
  readonly maxBufferSize: number
  readonly headers: Headers
  readonly bye: boolean
  readonly accept: boolean
  readonly mapError: (error: unknown) => { code: string; message?: string | undefined } | undefined
  /** Absent by default, which is the console for all but what `mapError` foresaw. */
  readonly onError: ((error: SSEError, info: { stage: SSEStage }) => unknown) | undefined
}

const OPTIONS: Known<SSEStreamOptions> = {
  events: true,
  request: true,
  signal: true,
  prepare: true,
  accept: true,
  heartbeat: true,
  until: true,
  retry: true,
  timeout: true,
  maxBufferSize: true,
  headers: true,
  bye: true,
  mapError: true,
  onError: true,
}

const HEARTBEAT_OPTIONS: Known<Exclude<SSEStreamOptions['heartbeat'], number | false | undefined>> = {
  interval: true,
  comment: true,
}

/** How often a heartbeat shows that a connection lives, in milliseconds: on Bun, before its server's limit of 10 seconds. */
export const HEARTBEAT: number = 'Bun' in globalThis ? 8_000 : 15_000

/** The longest delay of a timer: a longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1

/**
 * Checks the options of a stream, or of what else takes some of them, and fills in the defaults. Throws a `TypeError` that names
 * the option.
 */
export function resolveSettings<M extends object>(
  options: SSEStreamOptions<M>,
  whose = 'a stream',
  known: Readonly<Record<string, true>> = OPTIONS,
): StreamSettings {
  if (typeof options !== 'object' || options === null) throw unexpected('options', 'an object', options)
  expectKnown(`the options of ${whose}`, options, known)
  const { prepare, accept = false } = options
  const { request, signal, retry, timeout, maxBufferSize = 1024 * 1024, bye = true, until, mapError, onError } = options
  if (timeout !== undefined) expectDelay('timeout', timeout)
  if (!(maxBufferSize > 0 && Number.isFinite(maxBufferSize))) {
    throw unexpected('maxBufferSize', 'a positive number of bytes', maxBufferSize)
  }
  if (typeof accept !== 'boolean') throw unexpected('accept', 'true or false', accept)
  if (prepare !== undefined) expectFunction('prepare', prepare, 'that throws or returns a Response to refuse')
  if (typeof bye !== 'boolean') throw unexpected('bye', 'true or false', bye)
  if (signal !== undefined) expectSignal('signal', signal)
  if (request !== undefined) expectRequest(request)
  if (until !== undefined) expectFunction('until', until, 'that returns whether an event is the last')
  if (mapError !== undefined) expectFunction('mapError', mapError, 'that returns `{ code }` or nothing')
  if (onError !== undefined) expectFunction('onError', onError, 'that is told of failures')
  return {
    request,
    signal,
    heartbeat: resolveHeartbeat(options.heartbeat),
    opening: resolveOpening(retry),
    timeout,
    check: resolveEvents(options.events),
    until: until as StreamSettings['until'],
    maxBufferSize,
    headers: resolveHeaders(options.headers),
    bye,
    accept,
    prepare,
    mapError: mapError ?? (() => undefined),
    onError,
  }
}

function resolveHeaders(given: SSEHeaders | undefined): Headers {
  const headers = mergeHeaders(given, defaultHeaders)
  for (const name of ['content-length', 'transfer-encoding']) {
    const value = headers.get(name)
    // A wrong length would make the rest of the stream the next response of its connection.
    if (value !== null) throw unexpected('headers', `headers without \`${name}\`, which is the server's to set`, value)
  }
  return headers
}

function resolveHeartbeat(heartbeat: SSEStreamOptions['heartbeat']): StreamSettings['heartbeat'] {
  if (heartbeat === false) return undefined
  const given = typeof heartbeat === 'object' && heartbeat !== null ? heartbeat : { interval: heartbeat }
  expectKnown('the options of `heartbeat`', given, HEARTBEAT_OPTIONS)
  const { interval = HEARTBEAT, comment = 'heartbeat' } = given
  expectDelay('heartbeat', interval, ', or false for none')
  if (typeof comment !== 'string') throw unexpected('heartbeat.comment', 'a string', comment)
  return { interval, frame: formatSSE({ comment }) }
}

function resolveOpening(retry: number | undefined): string {
  if (retry === undefined) return ''
  if (!Number.isSafeInteger(retry) || retry < 0) {
    throw unexpected('retry', 'a non-negative integer (milliseconds)', retry)
  }
  return formatSSE({ retry })
}

function expectDelay(option: string, value: unknown, alternative = ''): void {
  if (typeof value === 'number' && value > 0 && value <= MAX_DELAY) return
  throw unexpected(option, `a positive number of milliseconds up to ${MAX_DELAY}${alternative}`, value)
}

function expectFunction(option: string, value: unknown, purpose: string): void {
  if (typeof value !== 'function') throw unexpected(option, `a function ${purpose}`, value)
}

// By shape, since a polyfill's or another realm's is as good.
function expectSignal(option: string, value: unknown): void {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return
  throw unexpected(option, 'an AbortSignal, such as the `signal` of an AbortController', value)
}

function expectRequest(value: unknown): void {
  const { headers, signal } = Object(value) as { headers?: unknown; signal?: unknown }
  if (typeof headers !== 'object' || headers === null) {
    throw unexpected('request', "a Request or node's IncomingMessage, with its `headers`", value)
  }
  if (signal !== undefined) expectSignal('request.signal', signal)
}

function unexpected(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}
