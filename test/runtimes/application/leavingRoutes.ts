import type { SSEEvent } from '@tidewire/server'
import { aborted, callbackStream, generatorStream, heartbeatOf, observedStream } from './observedStream.ts'
import type { Call, Route } from './route.ts'

export const leavingRoutes: Record<string, Route> = {
  silent: (call) => callbackStream(call, ({ signal }) => aborted(signal), heartbeatOf(call)),

  /** Waits for an event that never comes. */
  idle: (call) => observedStream(call, () => idleEvents(call), heartbeatOf(call)),

  'awaits-signal': (call) => generatorStream(call, ({ signal }) => oneEvent(signal), heartbeatOf(call)),

  /** The same without the request: only the body tells that the reader has left. */
  'without-request': (call) =>
    generatorStream(call, ({ signal }) => oneEvent(signal), { request: undefined, ...heartbeatOf(call) }),

  push: (call) =>
    observedStream(
      call,
      (session) => {
        session.json('open')
        session.onClose(() => call.observation.notes.push('closed'))
        return () => call.observation.notes.push('cleaned up')
      },
      heartbeatOf(call),
    ),

  'task-awaits-signal': (call) =>
    callbackStream(
      call,
      async (session) => {
        session.json('open')
        await aborted(session.signal)
      },
      heartbeatOf(call),
    ),

  /** Counts, quickly and for ever. */
  burst: (call) =>
    generatorStream(call, async function* () {
      for (let index = 0; ; index++) yield { data: index }
    }),

  post: async (call) => {
    const body = await call.body()
    return generatorStream(
      call,
      async function* ({ signal }) {
        yield { data: body }
        await new Promise((resolve) => setTimeout(resolve, 20))
        yield { data: 'still here' }
        await aborted(signal)
      },
      heartbeatOf(call),
    )
  },

  'post-unread': (call) => generatorStream(call, ({ signal }) => oneEvent(signal), heartbeatOf(call)),
}

async function* oneEvent(signal: AbortSignal): AsyncGenerator<SSEEvent> {
  yield { data: 'open' }
  await aborted(signal)
}

function idleEvents({ observation }: Call): AsyncIterable<SSEEvent> {
  observation.running++
  let isFirst = true
  const iterator: AsyncIterator<SSEEvent> = {
    next() {
      if (!isFirst) return new Promise(() => {})
      isFirst = false
      return Promise.resolve({ done: false, value: { data: 'open' } })
    },
    return() {
      observation.running--
      observation.finished++
      return Promise.resolve({ done: true, value: undefined })
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
