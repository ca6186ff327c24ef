// nodeHttp.ts
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { createProgressStream, createSSEStream } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

const serveHub = toNodeHandler(hub)

export const server = createServer((req, res) => {
  res.setHeader('Access-Control-Allow-Origin', 'https://shop.example')
  route(req, res).catch((error: unknown) => {
    console.error(error)
    // Once the head has left, the status was sent.
    if (res.headersSent) res.destroy()
    else res.writeHead(500).end()
  })
})

async function route(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!signIn(req.headers.authorization)) return void res.writeHead(401).end()
  const [, id] = /^\/orders\/([^/]+)\/events$/.exec(req.url ?? '') ?? []
  if (req.method === 'GET' && id) {
    const order = await findOrder(id)
    if (!order) return void res.writeHead(404).end()
    return pipeSSE(
      createSSEStream((session) => followOrder(order, session)),
      req,
      res,
    )
  }
  if (req.method === 'POST' && req.url === '/answers') {
    const { question } = (await json(req)) as { question: string }
    return pipeSSE(createSSEStream(answer(question)), req, res)
  }
  if (req.method === 'POST' && req.url === '/imports') {
    const rows = (await json(req)) as string[]
    return pipeSSE(
      createProgressStream((update) => importRows(rows, update)),
      req,
      res,
    )
  }
  // At /_sse. Everything else gets its 404.
  return serveHub(req, res)
}
