import { fetchEventSource } from '@microsoft/fetch-event-source'
import { createEventStream } from '@tidewire/client'
import { EventSource } from 'eventsource'
import { createEventSource } from 'eventsource-client'
import { createParser } from 'eventsource-parser'

/** Reads what `fetch` answers with, and calls `onEvent` for each event. */
export type Read = (fetch: typeof globalThis.fetch, onEvent: () => void) => void

const URL = 'http://bench.test/'

/** Each client by its own way of handing out events; the first is the floor. */
export const contenders: Record<string, Read> = {
  async 'eventsource-parser, by callback'(fetch, onEvent) {
    const parser = createParser({ onEvent })
    const decoder = new TextDecoder()
    const { body } = await fetch(URL)
    if (!body) throw new Error('Expected a body.')
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
  },
  'tidewire, onEvent, text'(fetch, onEvent) {
    createEventStream(URL, { fetch, onEvent, parse: 'text', retry: false })
  },
  'tidewire, onEvent, JSON'(fetch, onEvent) {
    createEventStream(URL, { fetch, onEvent, retry: false })
  },
  'tidewire, into the state, with a tail of 50'(fetch, onEvent) {
    // `until` is asked for each event, and stands for whoever looks at the state now and then.
    const until = () => {
      onEvent()
      return false
    }
    createEventStream(URL, { fetch, recent: 50, parse: 'text', retry: false, until })
  },
  'eventsource-client'(fetch, onEvent) {
    createEventSource({ url: URL, fetch, onMessage: onEvent })
  },
  eventsource(fetch, onEvent) {
    const source = new EventSource(URL, { fetch })
    source.addEventListener('message', onEvent)
    source.addEventListener('tick', onEvent)
  },
  'fetch-event-source'(fetch, onEvent) {
    // It is made for pages.
    Object.assign(globalThis, { window: globalThis })
    void fetchEventSource(URL, { fetch, openWhenHidden: true, onmessage: onEvent })
  },
}
