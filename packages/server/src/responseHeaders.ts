import { EVENT_STREAM } from '@tidewire/protocol'

/** What `new Headers()` takes; DOM's `HeadersInit` is not there on every server. */
export type SSEHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>

/** The headers of every stream, unless the caller sets them. */
export const defaultHeaders: Readonly<Record<string, string>> = {
  'content-type': `${EVENT_STREAM}; charset=utf-8`,
  // `no-transform` keeps compressing proxies and middleware from holding events back.
  'cache-control': 'no-cache, no-transform',
  // nginx buffers responses unless it is told not to.
  'x-accel-buffering': 'no',
}

/** Adds to the caller's headers those that the caller does not set. */
export function mergeHeaders(callers: SSEHeaders | undefined, others: SSEHeaders): Headers {
  const headers = new Headers(callers)
  const names = new Set(headers.keys())
  for (const [name, value] of new Headers(others)) if (!names.has(name)) headers.append(name, value)
  return headers
}
