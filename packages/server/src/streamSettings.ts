import type { SSEError } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'
import { formatSSE } from './formatSSE.ts'
import { defaultHeaders, mergeHeaders } from './responseHeaders.ts'
import type { SSEStage, SSEStreamOptions } from './sseStreamOptions.ts'

/** The options of a stream, checked, with their defaults. */
export interface StreamSettings extends Pick<SSEStreamOptions, 'request' | 'signal'> {
  readonly heartbeat: { readonly interval: number; readonly frame: string } | undefined
  /** What the stream begins with. */
  readonly opening: string
  readonly timeout: number | undefined
  readonly maxBufferSize: number
  readonly headers: Headers
  readonly bye: boolean
  readonly mapError: (error: unknown) => { code: string; message?: string | undefined } | undefined
  readonly onError: (error: SSEError, info: { stage: SSEStage }) => unknown
}

/** The longest delay of a timer: a longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1

/** Checks the options of a stream and fills in the defaults. Throws a `TypeError` that names the option. */
export function resolveSettings<M extends object>(options: SSEStreamOptions<M>): StreamSettings {
  const { request, signal, retry, timeout, maxBufferSize = 1024 * 1024, bye = true } = options
  if (timeout !== undefined) expectDelay('timeout', timeout)
  if (!(maxBufferSize > 0 && Number.isFinite(maxBufferSize))) {
    throw new TypeError(
      `Expected \`maxBufferSize\` to be a positive number of bytes, got ${describeValue(maxBufferSize)}.`,
    )
  }
  return {
    request,
    signal,
    heartbeat: resolveHeartbeat(options.heartbeat),
    opening: resolveOpening(retry),
    timeout,
    maxBufferSize,
    headers: mergeHeaders(options.headers, defaultHeaders),
    bye,
    mapError: options.mapError ?? (() => undefined),
    onError: options.onError ?? ((error) => console.error(error)),
  }
}

function resolveHeartbeat(heartbeat: SSEStreamOptions['heartbeat']): StreamSettings['heartbeat'] {
  if (heartbeat === false) return undefined
  const { interval = 15_000, comment = 'heartbeat' } =
    typeof heartbeat === 'object' ? heartbeat : { interval: heartbeat }
  expectDelay('heartbeat', interval, ', or false for none')
  return { interval, frame: formatSSE({ comment }) }
}

function resolveOpening(retry: number | undefined): string {
  if (retry === undefined) return ''
  if (!Number.isSafeInteger(retry) || retry < 0) {
    throw new TypeError(`Expected \`retry\` to be a non-negative integer (milliseconds), got ${describeValue(retry)}.`)
  }
  return formatSSE({ retry })
}

function expectDelay(option: string, value: unknown, alternative = ''): void {
  if (typeof value === 'number' && value > 0 && value <= MAX_DELAY) return
  throw new TypeError(
    `Expected \`${option}\` to be a positive number of milliseconds up to ${MAX_DELAY}${alternative}, got ${describeValue(value)}.`,
  )
}
