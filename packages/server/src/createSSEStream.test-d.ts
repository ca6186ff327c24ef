import { expectTypeOf } from 'vitest'
import { createSSEStream, eventTypes, type SSEObservable, type SSESession, type StandardSchema } from '@tidewire/server'

declare const tick: StandardSchema<{ now: number }, Date>
const events = { tick, message: eventTypes<string>() }

// A map of schemas types events by what its schemas take.
createSSEStream(
  (session) => {
    expectTypeOf(session).toEqualTypeOf<SSESession<{ tick: { now: number }; message: string }>>()
  },
  { events, until: (event) => event.data === 'last' },
)
createSSEStream(
  // @ts-expect-error -- what the schema gives, not what it takes
  async function* () {
    yield { event: 'tick', data: new Date() }
  },
  { events },
)

// Observables, streams of events and of bytes.
declare const observable: SSEObservable<{ event: 'tick'; data: { now: number } }>
declare const others: SSEObservable<{ event: 'tock'; data: number }>
declare const response: Response
createSSEStream(observable, { events })
createSSEStream(() => observable, { events })
// @ts-expect-error -- no such event
createSSEStream(others, { events })
createSSEStream(response.body!)
createSSEStream(new ReadableStream<{ data: string }>(), { events })
// @ts-expect-error -- another payload
createSSEStream(new ReadableStream<{ data: number }>(), { events })
