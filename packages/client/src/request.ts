import { encodeLastEventId, EVENT_STREAM, LAST_EVENT_ID } from '@tidewire/protocol'
import type { RequestOptions } from './options.ts'

/** The method of a request. */
export function methodOf({ method, body }: RequestOptions): string {
  return (method ?? (body == null ? 'GET' : 'POST')).toUpperCase()
}

/** Whether a body is data to be serialised, and not something that `fetch` sends by itself. */
function isData(body: unknown): body is Record<string, unknown> | unknown[] {
  return Array.isArray(body) || [Object.prototype, null].includes(Object.getPrototypeOf(body ?? '') as object)
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

/** Whether two option sets ask for the same events, so that a position among the one is a position among the other. */
export function isSameContent(a: RequestOptions, b: RequestOptions): boolean {
  return methodOf(a) === methodOf(b) && bodyKey(a) === bodyKey(b)
}

/**
 * Whether two option sets ask the server for the same thing, so that a new object with old values costs no
 * reconnection. Functions are not compared: they are read anew for every attempt.
 */
export function isSameRequest(a: RequestOptions, b: RequestOptions): boolean {
  return a === b || (isSameContent(a, b) && a.credentials === b.credentials && headersKey(a) === headersKey(b))
}

function bodyKey({ body }: RequestOptions): unknown {
  return isData(body) ? JSON.stringify(body) : body
}

function headersKey({ headers }: RequestOptions): unknown {
  return typeof headers === 'function' || JSON.stringify(headers instanceof Headers ? [...headers] : headers)
}
