import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { NodeRequest } from './nodeResponse.ts'

/** A request as frameworks hand it on: mounted somewhere, its body parsed perhaps. */
export type HandedRequest = NodeRequest & { originalUrl?: string; body?: unknown }

/** The methods that a `Request` refuses. Fetch Standard, section 2.2.1. */
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * Makes the `Request` of a node request, without its life: it is answered at once. Undefined for what can be none: a method
 * such as TRACE, or a target that is no path, such as `*`, or that holds credentials.
 */
export function toRequest(req: HandedRequest): Request | undefined {
  // Express and Connect take the path of a mounted handler off `url`.
  const url = urlOf(req.originalUrl ?? req.url ?? '/', req)
  const method = req.method ?? 'GET'
  if (!url || FORBIDDEN.has(method)) return undefined
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item)
  }
  return new Request(url, { method, headers, ...(method === 'POST' && { body: bodyOf(req), duplex: 'half' }) })
}

function urlOf(target: string, req: NodeRequest): URL | null {
  // The absolute form, as proxies are asked. RFC 9112, section 3.2.2.
  if (!target.startsWith('/')) {
    const url = URL.parse(target)
    return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : null
  }
  const scheme = (req.socket as TLSSocket).encrypted ? 'https' : 'http'
  const host = req.headers[':authority'] ?? req.headers.host ?? 'localhost'
  // A stranger's, too: what is more than a host would become a part of the path.
  const base = URL.parse(`${scheme}://${String(host)}`)
  const isHost = base?.href === `${base?.origin}/`
  return URL.parse(`${isHost ? base?.origin : `${scheme}://localhost`}${target}`)
}

function bodyOf(req: HandedRequest): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string {
  const { body, readableDidRead = true } = req as { body?: unknown; readableDidRead?: boolean }
  // Some parsers set an empty `body` where there was nothing for them to parse.
  if (body === undefined || !readableDidRead) return Readable.toWeb(req) as ReadableStream<Uint8Array>
  if (typeof body === 'string') return body
  return ArrayBuffer.isView(body) ? new Uint8Array(body as Uint8Array<ArrayBuffer>) : JSON.stringify(body)
}
