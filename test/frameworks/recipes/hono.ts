// hono.ts
import { createProgressStream, createSSEStream, type SSEStream } from '@tidewire/server'
import { type Context, Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = new Hono()

app.use(async (c, next) => {
  c.header('Access-Control-Allow-Origin', 'https://shop.example')
  await next()
})
app.use(bearerAuth({ verifyToken: (token) => signIn(`Bearer ${token}`) }))

app.get('/orders/:id/events', async (c) => {
  const order = await findOrder(c.req.param('id'))
  if (!order) return c.notFound()
  return sendStream(
    c,
    createSSEStream((session) => followOrder(order, session), { request: c.req.raw }),
  )
})

app.post('/answers', async (c) => {
  const { question } = await c.req.json<{ question: string }>()
  return sendStream(c, createSSEStream(answer(question), { request: c.req.raw }))
})

app.post('/imports', async (c) => {
  const rows = await c.req.json<string[]>()
  return sendStream(
    c,
    createProgressStream((update) => importRows(rows, update), { request: c.req.raw }),
  )
})

app.all('/_sse', async (c) => {
  const response = await hub.fetch(c.req.raw)
  return c.newResponse(response.body, response)
})

/** Keeps what middleware has set with `c.header`, which a bare `toResponse()` would lose. */
function sendStream(c: Context, stream: SSEStream): Response {
  return c.body(stream, { headers: stream.headers })
}
