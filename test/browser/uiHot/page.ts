import { createSSEClient, eventTypes } from '@tidewire/client'

/** What every component follows, wherever it is loaded from. */
export const client = createSSEClient()

export const events = eventTypes<{ tick: { n: number } }>()

declare global {
  /** What the callback of an event has heard. A page that is loaded again has heard nothing. */
  var heard: number[]
}

globalThis.heard = []
