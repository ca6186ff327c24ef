import {
  createEventStreamObserver,
  type EventStreamObserver,
  forgetEventStreams,
  type ObserverOptions,
  type StreamURL,
} from '@tidewire/client'
import { afterEach } from 'vitest'
import { type ScriptedStreams, useScriptedStreams } from './useScriptedStreams.ts'

export const URL_A = 'https://example.test/a'
export const URL_B = 'https://example.test/b'

/** Observers of streams whose server is a test. */
export interface Observers extends ScriptedStreams {
  readonly fetch: typeof globalThis.fetch
  observe: (url?: StreamURL, options?: ObserverOptions) => EventStreamObserver
  /** Subscribes until the returned function is called, or the test is over. */
  join: (observer: EventStreamObserver) => Promise<() => void>
  /** The state as it is after the next frame. */
  published: (observer: EventStreamObserver) => Promise<ReturnType<EventStreamObserver['getSnapshot']>>
}

/** Sets the clock and the server up for each test of a file; after each, nobody is left, and all is forgotten. */
export function useObservers(): Observers {
  const streams = useScriptedStreams()
  const { fetch } = streams.server
  const leaving = new Set<() => void>()

  afterEach(async () => {
    for (const leave of leaving) leave()
    leaving.clear()
    // Nobody lingers for longer.
    await streams.pass(60_000)
    forgetEventStreams()
  })

  return {
    ...streams,
    fetch,
    observe: (url = URL_A, options = {}) => createEventStreamObserver(url, { fetch, ...options }),
    async join(observer) {
      const leave = observer.subscribe(() => {})
      leaving.add(leave)
      await streams.settle()
      return leave
    },
    async published(observer) {
      await streams.pass(50)
      return observer.getSnapshot()
    },
  }
}
