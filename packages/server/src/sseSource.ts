import type { SSEEvent, SSEEvents } from './sseEvent.ts'
import type { SSESession } from './sseSession.ts'

/**
 * What feeds a stream: events to iterate, or a function of the session that returns them, or that writes by itself.
 *
 * An async function ends the stream when its promise settles. A plain one leaves it open until `session.close()`, and may
 * return a function that cleans up.
 */
export type SSESource<M extends object = SSEEvents> =
  | AsyncIterable<SSEEvent<M>>
  | ((session: SSESession<M>) => AsyncIterable<SSEEvent<M>> | Promise<unknown> | (() => unknown) | void)
