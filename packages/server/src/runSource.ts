import { SSEError } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'
import { EventBlocks, isBytes } from './eventBlocks.ts'
import { observe, type SSEObservable, toObservable } from './observable.ts'
import { READY } from './outbox.ts'
import type { Session } from './session.ts'
import { iteratorOf } from './sourceIterator.ts'
import type { SSEEvent } from './sseEvent.ts'

/** A source as it runs: it is handed the whole session. */
export type Source =
  | AsyncIterable<SSEEvent | Uint8Array>
  | ReadableStream<SSEEvent | Uint8Array>
  | SSEObservable<SSEEvent>
  | ((session: Session) => unknown)

/**
 * Runs a source and ends its session when the source ends. Never rejects: failures reach the session's `onError`. Where
 * the session has ended, what lives already is let go and nothing else begins.
 */
export async function runSource(source: Source, session: Session): Promise<void> {
  try {
    if (typeof source !== 'function') await run(source, session)
    else if (!session.isClosed) await run(source(session), session)
  } catch (error) {
    session.fail(error)
  }
}

async function run(result: unknown, session: Session, isAwaited = false): Promise<void> {
  const events = iteratorOf(result)
  const observable = events ? undefined : toObservable(result)
  if (events) await iterate(events, session)
  else if (observable) await follow(observable, session)
  else if (isPromiseLike(result)) return run(await result, session, true)
  else if (!isAwaited || result !== undefined) return keepOpen(result, session)
  session.end({ reason: 'complete' })
}

async function iterate(iterator: AsyncIterator<SSEEvent | Uint8Array, unknown>, session: Session): Promise<void> {
  let blocks: EventBlocks | undefined
  let isDone = false
  // `for await` would return only after the next event: a source that waits would not be cleaned up.
  cleanUpOnClose(session, () => (isDone ? undefined : iterator.return?.()))
  while (!isDone && !session.isClosed) {
    let result: IteratorResult<SSEEvent | Uint8Array, unknown>
    try {
      result = await iterator.next()
    } catch (error) {
      // What has failed is over: there is nothing to clean up.
      isDone = true
      throw error
    }
    if (result.done) isDone = true
    else {
      const { value } = result
      const sent = isBytes(value)
        ? session.sendFrame((blocks ??= new EventBlocks(session.maxBufferSize)).add(value))
        : session.send(value)
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

async function follow(observable: SSEObservable<SSEEvent>, session: Session): Promise<void> {
  // What nobody has subscribed to need not be ended.
  if (session.isClosed) return
  const { ended, stop } = observe(observable, (event) => {
    if (session.write(event) || session.isClosed) return
    throw new SSEError(
      'overflow',
      `Expected an observable, which cannot wait, to stay within \`maxBufferSize\` (${session.maxBufferSize} bytes).`,
    )
  })
  // Ended for its session, it may never say so. What it throws then is not for its emitter, which goes on to others.
  cleanUpOnClose(session, stop)
  await Promise.race([ended, session.closed])
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'
}
