import { createEventSource } from 'eventsource-client'
import type { ReceivedEvent, Reader } from '../reader.ts'

/** Follows a stream with the package `eventsource-client`, which hands out every event, whatever its name. */
export function openEventsourceClient(url: string, names: readonly string[]): Reader {
  const received: ReceivedEvent[] = []
  const stopped = Promise.withResolvers<void>()
  const client = createEventSource({
    url,
    onMessage({ event = 'message', data, id = '' }) {
      if (names.includes(event)) received.push({ event, data, id })
    },
    // Tells of each lost connection; it is closed right after the last.
    onDisconnect: () =>
      queueMicrotask(() => {
        if (client.readyState === 'closed') stopped.resolve()
      }),
  })
  return { received, stopped: stopped.promise, close: () => client.close() }
}
