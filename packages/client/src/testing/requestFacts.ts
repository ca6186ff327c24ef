import { decodeLastEventId, LAST_EVENT_ID, LAST_EVENT_ID_PARAM } from '@tidewire/protocol'

/** What a client has asked for. */
export interface RequestFacts {
  /** As it was given to `fetch`. */
  readonly url: string
  /** In capitals. */
  readonly method: string
  readonly headers: Headers
  /** As it was given to `fetch`: JSON is text. Undefined where there is none. */
  readonly body: BodyInit | undefined
  /** What the body says as JSON; undefined where it is none. */
  readonly json: unknown
  /** The position that the client resumes from, by header or by query; '' for none. */
  readonly lastEventId: string
}

/** Reads what was given to `fetch`. Waits only for the body of a `Request`. */
export function readRequest(input: RequestInfo | URL, init: RequestInit = {}): RequestFacts | Promise<RequestFacts> {
  const request = isRequest(input) ? input : undefined
  const url = isRequest(input) ? input.url : String(input)
  const headers = new Headers(init.headers ?? request?.headers)
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  const query = new URL(url, 'http://localhost').searchParams.get(LAST_EVENT_ID_PARAM)
  const lastEventId = decodeLastEventId(headers.get(LAST_EVENT_ID) ?? query)
  const factsWith = (body: BodyInit | null | undefined): RequestFacts => ({
    url,
    method,
    headers,
    body: body ?? undefined,
    json: parse(body),
    lastEventId,
  })
  return request?.body && init.body === undefined ? request.clone().text().then(factsWith) : factsWith(init.body)
}

/** The signal that gives a request up. */
export function signalOf(input: RequestInfo | URL, init: RequestInit = {}): AbortSignal | undefined {
  return init.signal ?? (isRequest(input) ? input.signal : undefined)
}

function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'url' in input
}

function parse(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
