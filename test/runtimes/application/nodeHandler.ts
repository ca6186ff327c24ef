import { text } from 'node:stream/consumers'
import { type NodeRequest, type NodeResponse, pipeSSE, toNodeHandler } from '@tidewire/server/node'
import { answer } from './application.ts'
import { isCompressed, openRoutes } from './openRoutes.ts'

/** The application as a handler of node's servers. */
export async function handle(req: NodeRequest, res: NodeResponse): Promise<void> {
  const url = req.url ?? ''
  const answered = await answer(url, { request: undefined, body: () => text(req), upload: () => req })
  if ('json' in answered) {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(answered.json))
    return
  }
  if ('hub' in answered) return toNodeHandler(answered.hub)(req, res)
  if ('call' in answered) {
    const open = openRoutes[answered.route]
    if (open) return open(answered.call, req, res)
    res.statusCode = 404
    res.end(`There is no route ${answered.route}.`)
    return
  }
  res.statusCode = answered.status ?? 200
  for (const [name, value] of Object.entries(answered.headers ?? {})) res.setHeader(name, value)
  try {
    await pipeSSE(answered.stream, req, res, { compression: isCompressed(url) })
  } catch (error) {
    if (!answered.mayRefuse) throw error
    res.statusCode = 500
    res.end('The route failed.')
  }
}
