import type { IncomingMessage } from 'node:http'

/**
 * Yields what arrives of a request's body, no faster than it is taken. Throws the signal's reason as soon as it aborts,
 * and leaves the request open, so that it can still be answered.
 */
export async function* readBody(req: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  let wake = () => {}
  const ring = () => wake()
  const changes = ['readable', 'end', 'error', 'close']
  for (const change of changes) req.on(change, ring)
  signal.addEventListener('abort', ring)
  try {
    for (;;) {
      signal.throwIfAborted()
      if (req.errored) throw req.errored
      const chunk = req.read() as Buffer | null
      if (chunk) yield chunk
      else if (req.readableEnded) return
      else if (req.destroyed) throw new Error('The request was closed.')
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    for (const change of changes) req.off(change, ring)
    signal.removeEventListener('abort', ring)
  }
}
