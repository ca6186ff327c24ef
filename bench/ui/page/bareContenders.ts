import { createEventStream, eventTypes } from '@tidewire/client'
import type { Tick } from '../tick.ts'
import { committed, hear, parseTick, total } from './record.ts'

/** Follows the stream and shows nothing: what is left for a framework is what it takes more than this. */
export function showNothing(contender: string): void {
  if (contender === 'fetch') {
    void readAll()
  } else if (contender === 'EventSource') {
    new EventSource('/stream').addEventListener('tick', ({ data }) => finish(parseTick(data)))
  } else {
    createEventStream('/stream', { events: eventTypes<{ tick: Tick }>(), onEvent: hear, on: { tick: finish } })
  }
}

/** Reads what `fetch` brings, and looks at nothing but the last event: no client of a stream can take less. */
async function readAll(): Promise<void> {
  const reader = (await fetch('/stream')).body?.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { value } = (await reader?.read()) ?? {}
    const text = decoder.decode(value, { stream: true })
    if (text.includes(`id: ${total - 1}\n`)) return committed({ n: total - 1, text })
  }
}

function finish(tick: Tick): void {
  if (tick.n % 1000 === 999) committed(tick)
}
