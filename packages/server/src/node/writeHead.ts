import type { ServerResponse } from 'node:http'

/**
 * Sends the head of a response at once. Headers that it has already win, but for a length: a stream has none.
 *
 * `Connection: keep-alive` is node's to say: it does for HTTP/1.1, unless the request or a shutdown speaks against it.
 */
export function writeHead(response: ServerResponse, headers: Headers): void {
  // A write after someone else has ended `res` is such an error. Unheard, it would end the process; `close` follows.
  response.on('error', ignore)
  response.removeHeader('content-length')
  const own: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else if (!response.hasHeader(name)) own[name] = value
  }
  // What is set one by one, node keeps for as long as the response lasts, in half a kilobyte.
  response.writeHead(response.statusCode, own)
  response.flushHeaders()
}

function ignore(): void {}

/** Refuses a response whose head was sent. */
export function expectHeadUnsent(response: ServerResponse): void {
  if (response.headersSent) throw new TypeError('Expected a response whose head was not sent; the stream sends it.')
}
