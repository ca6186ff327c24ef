import { SSEError } from '@tidewire/protocol'

/**
 * Returns the body of a response that is an event stream. Throws an `SSEError` for every other response. HTML Standard,
 * section 9.2.3.
 */
export function eventStreamBody({ status, headers, body }: Response): ReadableStream<Uint8Array> {
  const type = headers.get('Content-Type') ?? ''
  if (status === 200 && body && /^text\/event-stream[\t ]*(;|$)/i.test(type)) return body
  // Digits, for seconds, or a date (RFC 9110, section 10.2.3).
  const after = headers.get('Retry-After') ?? ''
  const wait = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now()
  const retryAfter = Math.max(0, wait) || undefined
  discard(body)
  throw new SSEError(status === 200 ? 'content-type' : 'http-status', `The server answered: ${status} ${type}`, {
    status,
    retryAfter,
  })
}

/** Cancels a body that nobody reads any more, or its connection would stay busy. */
export function discard(body: { cancel: () => Promise<void> } | null | undefined): void {
  // One that is over or broken already is not a failure of its own.
  body?.cancel().catch(() => {})
}
