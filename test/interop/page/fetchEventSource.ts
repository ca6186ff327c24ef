import { fetchEventSource } from '@microsoft/fetch-event-source'
import type { PageReader } from './pageReader.ts'

/** Follows a stream with `@microsoft/fetch-event-source`, which hands out every event, whatever its name. */
export const readByFetchEventSource: PageReader = (url, names, onEvent, onStopped) => {
  void fetchEventSource(url, {
    onmessage({ event, data, id }) {
      // So it tells of a comment, or of an id without an event.
      if (event === '' && data === '') return
      const name = event || 'message'
      if (names.includes(name)) onEvent({ event: name, data, id })
    },
  }).finally(onStopped)
}
