import { SSEError } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'
import { EventBlocks, isBytes } from './eventBlocks.ts'
import { observe, type SSEObservable, toObservable } from './observable.ts'
import { READY } from './outbox.ts'
import type { Session } from './session.ts'
import type { SSEEvent } from './sseEvent.ts'

/** A source as it runs: it is handed the whole session. */
export type Source =
  | AsyncIterable<SSEEvent | Uint8Array>
  | ReadableStream<SSEEvent | Uint8Array>
  | SSEObservable<SSEEvent>
  | ((session: Session) => unknown)

/** Runs a source and ends its session when the source ends. Never rejects: failures reach the session's `onError`. */
export async function runSource(source: Source, session: Session): Promise<void> {
  if (session.isClosed) return
  try {
    const result: unknown = typeof source === 'function' ? source(session) : source
    const events = iteratorOf(result)
    const observable = events ? undefined : toObservable(result)
    if (events) await iterate(events, session)
    else if (observable) await follow(observable, session)
    else if (isPromiseLike(result)) await result
    else return keepOpen(result, session)
    session.end({ reason: 'complete' })
  } catch (error) {
    session.fail(error)
  }
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

/** Iterates what can be: undefined for anything else. */
function iteratorOf(value: unknown): AsyncIterator<SSEEvent | Uint8Array, unknown> | undefined {
  const source = Object(value) as Partial<ReadableStream<SSEEvent> & AsyncIterable<SSEEvent>>
  if (typeof source.getReader === 'function') {
    const reader = (source as ReadableStream<SSEEvent>).getReader()
    // A stream's own iterator would return only after the next event.
    return {
      next: () => reader.read(),
      return: async () => ({ done: true, value: await reader.cancel() }),
    }
  }
  return typeof source[Symbol.asyncIterator] === 'function' ? source[Symbol.asyncIterator]?.() : undefined
}

async function follow(observable: SSEObservable<SSEEvent>, session: Session): Promise<void> {
  const { ended, stop } = observe(observable, (event) => {
    if (session.write(event) || session.isClosed) return
    throw new SSEError('overflow', 'The reader is slower than the observable, which cannot wait: the buffer is full.')
  })
  // Ended for its session, it may never say so.
  cleanUpOnClose(session, stop)
  await Promise.race([ended, session.closed])
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'
}
