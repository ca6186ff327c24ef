// h3.ts
import { createProgressStream, createSSEStream } from '@tidewire/server'
import { H3, HTTPError, readBody } from 'h3'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = new H3()

app.use((event) => {
  event.res.headers.set('Access-Control-Allow-Origin', 'https://shop.example')
  if (!signIn(event.req.headers.get('authorization'))) throw new HTTPError({ status: 401 })
})

app.get('/orders/:id/events', async ({ context, req }) => {
  const order = await findOrder(context.params?.['id'] ?? '')
  if (!order) throw new HTTPError({ status: 404 })
  return createSSEStream((session) => followOrder(order, session), { request: req }).toResponse()
})

app.post('/answers', async (event) => {
  const { question } = (await readBody<{ question: string }>(event)) ?? { question: '' }
  return createSSEStream(answer(question), { request: event.req }).toResponse()
})

app.post('/imports', async (event) => {
  const rows = (await readBody<string[]>(event)) ?? []
  return createProgressStream((update) => importRows(rows, update), { request: event.req }).toResponse()
})

app.all('/_sse', ({ req }) => hub.fetch(req))
