import { describeValue } from './describeValue.ts'
import { READY } from './outbox.ts'
import type { Session } from './session.ts'
import type { SSEEvent } from './sseEvent.ts'

/** A source as it runs: it is handed the whole session. */
export type Source = AsyncIterable<SSEEvent> | ((session: Session) => unknown)

/** Runs a source and ends its session when the source ends. Never rejects: failures reach the session's `onError`. */
export async function runSource(source: Source, session: Session): Promise<void> {
  if (session.isClosed) return
  try {
    const result: unknown = typeof source === 'function' ? source(session) : source
    if (isAsyncIterable(result)) await iterate(result, session)
    else if (isPromiseLike(result)) await result
    else return keepOpen(result, session)
    session.end({ reason: 'complete' })
  } catch (error) {
    session.fail(error)
  }
}

async function iterate(events: AsyncIterable<SSEEvent>, session: Session): Promise<void> {
  const iterator = events[Symbol.asyncIterator]()
  let isDone = false
  // `for await` would return only after the next event: a source that waits would not be cleaned up.
  cleanUpOnClose(session, () => (isDone ? undefined : iterator.return?.()))
  while (!isDone && !session.isClosed) {
    const result: IteratorResult<SSEEvent, unknown> = await iterator.next()
    if (result.done) isDone = true
    else {
      const sent = session.send(result.value)
      // Waiting for what is done already would take a fifth of the time of a small event.
      if (sent !== READY) await sent
    }
  }
}

function keepOpen(result: unknown, session: Session): void {
  if (typeof result === 'function') return cleanUpOnClose(session, result as () => unknown)
  if (result === undefined) return
  throw new TypeError(
    `Expected the source to return events, a promise, a cleanup function or nothing, got ${describeValue(result)}.`,
  )
}

function cleanUpOnClose(session: Session, cleanUp: () => unknown): void {
  session.onClose(async () => {
    try {
      await cleanUp()
    } catch (error) {
      session.fail(error)
    }
  })
}

function isAsyncIterable(value: unknown): value is AsyncIterable<SSEEvent> {
  return typeof (value as Partial<AsyncIterable<SSEEvent>> | null | undefined)?.[Symbol.asyncIterator] === 'function'
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'
}
