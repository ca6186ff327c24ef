import { encodeLastEventId, EVENT_STREAM, LAST_EVENT_ID } from '@tidewire/protocol'
import type { RequestOptions } from './options.ts'

/** The method of a request. */
export function methodOf({ method, body }: RequestOptions): string {
  // A caller without types may give anything.
  const given: unknown = method ?? (body == null ? 'GET' : 'POST')
  return String(given).toUpperCase()
}

/** Whether a body is data to be serialised, and not something that `fetch` sends by itself. */
export function isData(body: unknown): boolean {
  return / (Object|Array)]/.test({}.toString.call(body))
}

/** Builds what one attempt sends. Throws what the platform throws for headers and bodies that cannot be sent. */
export function requestInit(
  options: RequestOptions,
  given: HeadersInit | undefined,
  lastEventId: string,
  signal: AbortSignal,
): RequestInit {
  const { body, credentials } = options
  const headers = new Headers(given)
  const setDefault = (name: string, value: string) => headers.has(name) || headers.set(name, value)
  setDefault('Accept', EVENT_STREAM)
  if (isData(body) || typeof body === 'string') setDefault('Content-Type', 'application/json')
  const position = encodeLastEventId(lastEventId)
  if (position) headers.set(LAST_EVENT_ID, position)
  return {
    method: methodOf(options),
    headers,
    credentials,
    // Not a Cache-Control header: that would cost a CORS preflight.
    cache: 'no-store',
    signal,
    body: isData(body) ? JSON.stringify(body) : body,
  } as RequestInit
}
