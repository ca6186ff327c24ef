// fastify.ts
import type { ServerResponse } from 'node:http'
import { createProgressStream, createSSEStream, type SSEStream } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import Fastify, { type FastifyReply } from 'fastify'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = Fastify()

const serveHub = toNodeHandler(hub)

app.addHook('onRequest', async (request, reply) => {
  reply.header('Access-Control-Allow-Origin', 'https://shop.example')
  if (!signIn(request.headers.authorization)) return reply.code(401).send()
})

app.get<{ Params: { id: string } }>('/orders/:id/events', async (request, reply) => {
  const order = await findOrder(request.params.id)
  if (!order) return reply.code(404).send()
  return sendStream(
    reply,
    createSSEStream((session) => followOrder(order, session)),
  )
})

app.post<{ Body: { question: string } }>('/answers', (request, reply) =>
  sendStream(reply, createSSEStream(answer(request.body.question))),
)

app.post<{ Body: string[] }>('/imports', (request, reply) =>
  sendStream(
    reply,
    createProgressStream((update) => importRows(request.body, update)),
  ),
)

app.all('/_sse', ({ raw, body }, reply) => serveHub(Object.assign(raw, { body }), takeOver(reply)))

function sendStream(reply: FastifyReply, stream: SSEStream): Promise<void> {
  return pipeSSE(stream, reply.request.raw, takeOver(reply))
}

/** Takes the response over from Fastify, with the status and the headers that hooks have given to `reply`. */
function takeOver(reply: FastifyReply): ServerResponse {
  reply.hijack()
  reply.raw.statusCode = reply.statusCode
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  return reply.raw
}
