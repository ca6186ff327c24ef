import type { ServerResponse } from 'node:http'

/**
 * Sends the head of a response at once. Headers that it has already win.
 *
 * `Connection: keep-alive` is node's to say: it does for HTTP/1.1, unless the request or a shutdown speaks against it.
 */
export function writeHead(response: ServerResponse, headers: Headers): void {
  // A write after someone else has ended `res` is such an error. Unheard, it would end the process; `close` follows.
  response.on('error', () => {})
  for (const [name, value] of headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  response.flushHeaders()
}

/** Refuses a response whose head was sent. */
export function expectHeadUnsent(response: ServerResponse): void {
  if (response.headersSent) throw new TypeError('Expected a response whose head was not sent; the stream sends it.')
}
