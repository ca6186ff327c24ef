// express.ts
import { createProgressStream, createSSEStream } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import express from 'express'
import { hub } from './hub.ts'
import { answer, findOrder, followOrder, importRows, signIn } from './shop.ts'

export const app = express()

app.use((_req, res, next) => {
  res.set('Access-Control-Allow-Origin', 'https://shop.example')
  next()
})

app.use((req, res, next) => {
  if (signIn(req.get('authorization'))) next()
  else res.sendStatus(401)
})

app.use(express.json())
app.use(toNodeHandler(hub))

app.get('/orders/:id/events', async (req, res) => {
  const order = await findOrder(req.params.id)
  if (!order) return void res.sendStatus(404)
  const stream = createSSEStream((session) => followOrder(order, session))
  await pipeSSE(stream, req, res)
})

app.post('/answers', async (req, res) => {
  const { question } = req.body as { question: string }
  await pipeSSE(createSSEStream(answer(question)), req, res)
})

app.post('/imports', async (req, res) => {
  const rows = req.body as string[]
  const stream = createProgressStream((update) => importRows(rows, update))
  await pipeSSE(stream, req, res)
})
