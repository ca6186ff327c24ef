import { initTRPC, tracked, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { z } from 'zod'
import type { Journal } from '../journal.ts'
import { KEEP_ALIVE } from '../startJournal.ts'
import type { Listener } from '../startServer.ts'

/** Serves a journal as the subscription `changed`, with tRPC. */
export function serveByTRPC(journal: Journal): Listener {
  const { router, procedure } = initTRPC.create({
    sse: { ping: { enabled: true, intervalMs: KEEP_ALIVE }, client: { reconnectAfterInactivityMs: 5000 } },
  })
  const input = z.object({ order: z.string(), lastEventId: z.string().optional() })
  const changed = procedure.input(input).subscription(async function* ({ input, signal }) {
    if (input.order !== '42') throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such order.' })
    const changes = journal.after(input.lastEventId ?? '')
    signal?.addEventListener('abort', () => void changes.return())
    for await (const { id, status } of changes) {
      if (status === 'hint') yield { status }
      else yield tracked(id, { status })
    }
  })
  return createHTTPHandler({ router: router({ changed }) })
}
