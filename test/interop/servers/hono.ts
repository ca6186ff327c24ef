import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Journal } from '../journal.ts'
import { KEEP_ALIVE, RETRY } from '../startJournal.ts'
import type { Listener } from '../startServer.ts'

/** Serves a journal with hono. */
export function serveByHono(journal: Journal): Listener {
  let isBusy = true
  const app = new Hono()
  app.get('/status/:status', (context) => new Response('No.', { status: Number(context.req.param('status')) }))
  app.get('/busy', async (_context, next) => {
    if (!isBusy) return next()
    isBusy = false
    return new Response('Later.', { status: 503, headers: { 'Retry-After': '1' } })
  })
  app.get('/failing', (context) =>
    streamSSE(
      context,
      () => Promise.reject(new Error('out of stock')),
      () => Promise.resolve(),
    ),
  )
  app.get('/*', (context) => {
    const position = context.req.header('Last-Event-ID') ?? ''
    if (journal.isOver(position)) return context.body(null, 204)
    return streamSSE(context, async (stream) => {
      const changes = journal.after(position)
      stream.onAbort(() => void changes.return())
      const timer = setInterval(() => void stream.write(': keep-alive\n\n'), KEEP_ALIVE)
      for await (const { id, status } of changes) {
        await stream.writeSSE({ event: 'changed', id, data: JSON.stringify({ status }), retry: RETRY })
      }
      clearInterval(timer)
    })
  })
  return getRequestListener(app.fetch)
}
