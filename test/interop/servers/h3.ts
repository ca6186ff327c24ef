import { EventStream, H3, HTTPError } from 'h3'
import { toNodeHandler } from 'h3/node'
import type { Journal } from '../journal.ts'
import { KEEP_ALIVE, RETRY } from '../startJournal.ts'
import type { Listener } from '../startServer.ts'

/** Serves a journal with h3. */
export function serveByH3(journal: Journal): Listener {
  let isBusy = true
  const app = new H3({ silent: true })
  app.get('/status/:status', ({ context }) => {
    throw new HTTPError({ status: Number(context.params?.['status']), message: 'No.' })
  })
  app.use('/busy', (_event, next) => {
    if (!isBusy) return next()
    isBusy = false
    return new Response('Later.', { status: 503, headers: { 'Retry-After': '1' } })
  })
  app.get('/**', (event) => {
    const position = event.req.headers.get('last-event-id') ?? ''
    if (journal.isOver(position)) return new Response(null, { status: 204 })
    const stream = new EventStream(event)
    void push(stream, journal, position)
    return stream
  })
  return toNodeHandler(app)
}

async function push(stream: EventStream, journal: Journal, position: string): Promise<void> {
  const changes = journal.after(position)
  const timer = setInterval(() => void stream.pushComment('keep-alive'), KEEP_ALIVE)
  stream.onClosed(() => {
    clearInterval(timer)
    void changes.return()
  })
  for await (const { id, status } of changes) {
    await stream.push({ event: 'changed', id, data: JSON.stringify({ status }), retry: RETRY })
  }
  await stream.close()
}
