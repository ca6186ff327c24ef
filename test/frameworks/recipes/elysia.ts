// elysia.ts
import { createProgressStream, createSSEStream } from '@tidewire/server'
import { Elysia, t } from 'elysia'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = new Elysia()
  .onRequest(({ set }) => {
    set.headers['access-control-allow-origin'] = 'https://shop.example'
  })
  .onBeforeHandle(({ headers, status }) => {
    if (!signIn(headers['authorization'])) return status(401)
    return undefined
  })
  .get('/orders/:id/events', async ({ params, request, status }) => {
    const order = await findOrder(params.id)
    if (!order) return status(404)
    return createSSEStream((session) => followOrder(order, session), { request }).toResponse()
  })
  .post('/answers', ({ body, request }) => createSSEStream(answer(body.question), { request }).toResponse(), {
    body: t.Object({ question: t.String() }),
  })
  .post(
    '/imports',
    ({ body, request }) => createProgressStream((update) => importRows(body, update), { request }).toResponse(),
    { body: t.Array(t.String()) },
  )
  .all('/_sse', ({ request }) => hub.fetch(request))
