import { EventSource } from 'eventsource'
import type { ReceivedEvent, Reader } from '../reader.ts'

/** Follows a stream with the package `eventsource`. */
export function openEventsource(url: string, names: readonly string[]): Reader {
  const received: ReceivedEvent[] = []
  const stopped = Promise.withResolvers<void>()
  const source = new EventSource(url)
  for (const name of names) {
    source.addEventListener(name, ({ type, data, lastEventId }) =>
      received.push({ event: type, data: String(data), id: lastEventId }),
    )
  }
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) stopped.resolve()
  })
  return { received, stopped: stopped.promise, close: () => source.close() }
}
