import { createSession } from 'better-sse'
import type { Journal } from '../journal.ts'
import { KEEP_ALIVE, RETRY } from '../startJournal.ts'
import type { Listener } from '../startServer.ts'

/** Serves a journal with better-sse. */
export function serveByBetterSSE(journal: Journal): Listener {
  let isBusy = true
  return (req, res) => {
    const [, route, status] = (req.url ?? '').split('/')
    if (route === 'status') return void res.writeHead(Number(status)).end('No.')
    if (journal.isOver(String(req.headers['last-event-id']))) return void res.writeHead(204).end()
    if (route === 'busy' && isBusy) {
      isBusy = false
      return void res.writeHead(503, { 'Retry-After': '1' }).end('Later.')
    }
    void createSession(req, res, { retry: RETRY, keepAlive: KEEP_ALIVE }).then(async (session) => {
      const changes = journal.after(session.lastId)
      session.once('disconnected', () => void changes.return())
      for await (const { id, status } of changes) session.push({ status }, 'changed', id)
      res.end()
    })
  }
}
