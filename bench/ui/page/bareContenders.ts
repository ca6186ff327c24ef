import { createEventStream, eventTypes } from '@tidewire/client'
import type { Tick } from '../tick.ts'
import { committed, hear, parseTick } from './record.ts'

/** Follows the stream and shows nothing: what is left for a framework is what it takes more than this. */
export function showNothing(contender: string): void {
  if (contender === 'EventSource') {
    new EventSource('/stream').addEventListener('tick', ({ data }) => finish(parseTick(data)))
  } else {
    createEventStream('/stream', { events: eventTypes<{ tick: Tick }>(), onEvent: hear, on: { tick: finish } })
  }
}

function finish(tick: Tick): void {
  if (tick.n % 1000 === 999) committed(tick)
}
