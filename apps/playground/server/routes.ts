import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPFailure, wrongMethod } from './http.ts'

/** Answers a request; what it throws is answered too. `id` is what the route's pattern caught. */
export type Handler = (req: IncomingMessage, res: ServerResponse, id: string) => Promise<void> | void

/** A path, and who answers each method that is asked of it. */
export type Route = [pattern: RegExp, handlers: Record<string, Handler>]

/** Finds who answers a request. Throws an `HTTPFailure` where nobody does. */
export function findHandler(routes: readonly Route[], req: IncomingMessage): [handler: Handler, id: string] {
  const { pathname } = urlOf(req)
  for (const [pattern, handlers] of routes) {
    const match = pattern.exec(pathname)
    if (!match) continue
    const method = req.method === 'HEAD' ? 'GET' : (req.method ?? '')
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
    if (!handler) throw wrongMethod(Object.keys(handlers))
    return [handler, match[1] ?? '']
  }
  throw new HTTPFailure(404, 'not-found', 'There is nothing here.')
}

export function urlOf(req: IncomingMessage): URL {
  // A request line may hold an absolute URL, or something that is none.
  return URL.parse(req.url ?? '/', 'http://localhost') ?? new URL('http://localhost')
}
