import type { ServerResponse } from 'node:http'
import { expectKnown } from '../expectKnown.ts'
import type { HubAnswer } from '../hub/answer.ts'
import { insidesOf } from '../hub/createSSEHub.ts'
import { refusal } from '../hub/refusal.ts'
import type { SSEHub } from '../hub/sseHub.ts'
import { RESPONSE_OPTIONS, resolveCompression, type ResponseOptions } from './compression.ts'
import { openCompressor } from './compressor.ts'
import { negotiateEncoding } from './negotiateEncoding.ts'
import { isOver, type NodeResponse } from './nodeResponse.ts'
import { startWriter } from './startWriter.ts'
import { type HandedRequest, toRequest } from './toRequest.ts'
import { expectHeadUnsent, writeHead } from './writeHead.ts'
import { writeRefusal } from './writeRefusal.ts'

/** Options of `toNodeHandler`. */
export interface NodeHandlerOptions extends ResponseOptions {}

/** A handler of node's servers, and of the frameworks on them. `next` is called for what is not the hub's. */
export type NodeHandler = (req: HandedRequest, res: NodeResponse, next?: (error?: unknown) => void) => Promise<void>

/**
 * Makes the handler of a hub for node's http, https and http2 servers, Express, Connect and Fastify's or Koa's raw `req`
 * and `res`.
 *
 * It writes to `res` without a web stream in between. A request for another path than the hub's goes to `next`, where there
 * is one. A body that a framework has parsed is taken as it is. The hub's `context` gets `{ req, res }` as its second
 * argument; what it throws goes to `next`, else the answer is 500 and `onError` hears. Resolves when the request is answered:
 * for a stream, when it has begun. Never rejects.
 *
 * @example
 * createServer(toNodeHandler(hub)).listen(3000)
 */
export function toNodeHandler(hub: Pick<SSEHub, 'fetch'>, options: NodeHandlerOptions = {}): NodeHandler {
  const { door, core } = insidesOf(hub)
  expectKnown('the options of a handler', options, RESPONSE_OPTIONS)
  const encodings = resolveCompression(options.compression)
  return async (req, res, next) => {
    // HTTP/2's compatibility layer has every member used here, though not in its types.
    const response = res as ServerResponse
    try {
      const request = toRequest(req)
      if (next && !(request && door.isFor(request))) return next()
      const answer = request ? await door.answer(request, { req, res }) : refusal(400, 'Expected a path to GET.')
      if (isOver(response)) return await forget(answer)
      expectHeadUnsent(response)
      mergeVary(answer.headers, response)
      if (answer instanceof Response) return await writeRefusal(answer, response, req.method === 'HEAD')
      const encoding = negotiateEncoding(req, response, answer.headers, encodings)
      writeHead(response, answer.headers)
      startWriter(response, answer.start, encoding && openCompressor(encoding, response))
    } catch (error) {
      if (next) return next(error)
      core.report(error, 'context')
      if (!isOver(response) && !response.headersSent) {
        response.statusCode = 500
        response.end()
      }
    }
  }
}

async function forget(answer: HubAnswer): Promise<void> {
  if (answer instanceof Response) await answer.body?.cancel()
  else answer.forget()
}

// A response that varies by what middleware has looked at does so still.
function mergeVary(headers: Headers, response: ServerResponse): void {
  const before = [response.getHeader('vary') ?? []].flat().join(', ')
  if (before === '') return
  headers.set('vary', [before, headers.get('vary') ?? []].flat().join(', '))
  response.removeHeader('vary')
}
