import { text } from 'node:stream/consumers'
import { type NodeRequest, type NodeResponse, pipeSSE } from '@tidewire/server/node'
import { answer } from './application.ts'

/** The application as a handler of node's servers. */
export async function handle(req: NodeRequest, res: NodeResponse): Promise<void> {
  const answered = await answer(req.url ?? '', undefined, () => text(req))
  if ('json' in answered) {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(answered.json))
    return
  }
  res.statusCode = answered.status ?? 200
  for (const [name, value] of Object.entries(answered.headers ?? {})) res.setHeader(name, value)
  await pipeSSE(answered.stream, req, res)
}
