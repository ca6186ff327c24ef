import { createSSEStream, type SSEEvent, type SSEEventSource, type SSEObservable } from '@tidewire/server'
import { heartbeatOf, observedOptions, observedStream } from './observedStream.ts'
import type { Call, Route } from './route.ts'

/** What the sources produce. Then they end, or with `isEndless` say nothing more. */
const EVENTS: SSEEvent[] = [{ data: 'one' }, { event: 'tick', data: '✓ 🌊' }]

/** An upstream event stream, cut in the middle of a line, of a character and of what ends a block. */
const CUTS = [0, 3, 10, 30, 35, 38]
const BYTES = new TextEncoder().encode('data: one\n\nevent: tick\ndata: ✓ 🌊\n\n')
const PIECES = CUTS.map((begin, index) => BYTES.slice(begin, CUTS[index + 1]))

export const sourceRoutes: Record<string, Route> = {
  'stream-of-events': (call) => sourced(call, streamOf(call, EVENTS)),

  'stream-of-bytes': (call) => sourced(call, streamOf(call, PIECES)),

  'stream-of-async-function': (call) =>
    observedStream(
      call,
      async () => {
        await Promise.resolve()
        return streamOf(call, EVENTS)
      },
      heartbeatOf(call),
    ),

  observable: (call) => sourced(call, observableOf(call, EVENTS)),
}

function sourced(call: Call, source: SSEEventSource) {
  return createSSEStream(source, { ...observedOptions(call), ...heartbeatOf(call) })
}

function streamOf<T>({ query, observation }: Call, chunks: readonly T[]): ReadableStream<T> {
  const rest = [...chunks]
  observation.running++
  const finish = () => {
    observation.running--
    observation.finished++
  }
  return new ReadableStream<T>({
    pull(controller) {
      const chunk = rest.shift()
      if (chunk !== undefined) return controller.enqueue(chunk)
      if (query.has('isEndless')) return new Promise(() => {})
      finish()
      controller.close()
    },
    cancel: finish,
  })
}

function observableOf({ query, observation }: Call, events: readonly SSEEvent[]): SSEObservable<SSEEvent> {
  return {
    subscribe(observer) {
      observation.running++
      let isSubscribed = true
      const unsubscribe = () => {
        if (!isSubscribed) return
        isSubscribed = false
        observation.running--
        observation.finished++
      }
      const [first, ...rest] = events
      observer.next(first!)
      queueMicrotask(() => {
        for (const event of rest) observer.next(event)
        if (query.has('isEndless')) return
        observer.complete()
        unsubscribe()
      })
      return { unsubscribe }
    },
  }
}
