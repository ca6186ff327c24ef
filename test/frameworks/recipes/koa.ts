// koa.ts
import type { ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { createProgressStream, createSSEStream, type SSEStream } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import Koa, { type Context } from 'koa'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = new Koa()

const serveHub = toNodeHandler(hub)

app.use(async (ctx, next) => {
  ctx.set('Access-Control-Allow-Origin', 'https://shop.example')
  if (!signIn(ctx.get('Authorization'))) ctx.throw(401)
  await next()
})

app.use(async (ctx) => {
  const [, id] = /^\/orders\/([^/]+)\/events$/.exec(ctx.path) ?? []
  if (ctx.method === 'GET' && id) {
    const order = await findOrder(id)
    if (!order) return ctx.throw(404)
    await sendStream(
      ctx,
      createSSEStream((session) => followOrder(order, session)),
    )
  } else if (ctx.method === 'POST' && ctx.path === '/answers') {
    const { question } = (await json(ctx.req)) as { question: string }
    await sendStream(ctx, createSSEStream(answer(question)))
  } else if (ctx.method === 'POST' && ctx.path === '/imports') {
    const rows = (await json(ctx.req)) as string[]
    await sendStream(
      ctx,
      createProgressStream((update) => importRows(rows, update)),
    )
  } else if (ctx.path === '/_sse') {
    await serveHub(ctx.req, takeOver(ctx))
  }
})

function sendStream(ctx: Context, stream: SSEStream): Promise<void> {
  return pipeSSE(stream, ctx.req, takeOver(ctx))
}

/** Takes the response over from Koa. Its status is 404 until somebody says otherwise. */
function takeOver(ctx: Context): ServerResponse {
  ctx.status = 200
  ctx.respond = false
  return ctx.res
}
