import { ReadableStream as NodeReadableStream } from 'node:stream/web'
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

// A stream that is made in place needs no type argument, though nothing checks what it holds.
createSSEStream(new ReadableStream({ start: (controller) => controller.enqueue({ data: 1 }) }))
createSSEStream(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)) }), { retry: 1 })
createSSEStream(new ReadableStream({ start: (controller) => controller.enqueue({ event: 'tick' }) }), { events })
createSSEStream(() => new ReadableStream({ start: (controller) => controller.enqueue({ data: 1 }) }))

// One that is made from events has their type.
async function* numbers() {
  yield { data: 1 }
}
async function* ticks() {
  yield { event: 'tick' as const, data: { now: 1 } }
}
createSSEStream(NodeReadableStream.from(numbers()))
createSSEStream(NodeReadableStream.from(ticks()), { events })
createSSEStream(() => NodeReadableStream.from(ticks()), { events })
// @ts-expect-error -- no such event
createSSEStream(NodeReadableStream.from(numbers()), { events })

// What a generator yields is checked, wherever it stands.
createSSEStream(ticks(), { events })
// @ts-expect-error -- no such event
createSSEStream(numbers(), { events })
createSSEStream(
  // @ts-expect-error -- no such event
  async function* () {
    yield { event: 'tock', data: { now: 1 } }
  },
  { events },
)

// An async function may return what a plain one may.
createSSEStream(async () => ticks(), { events })
createSSEStream(async () => observable, { events })
createSSEStream(async () => (await fetch('https://llm.example')).body!)
createSSEStream(async () => new ReadableStream<{ data: string }>(), { events })
createSSEStream(async ({ json }) => (json('ready'), () => {}), { events })
createSSEStream(async (session) => (session.event('tick', { now: 1 }) ? undefined : ticks()), { events })
// @ts-expect-error -- no such event
createSSEStream(async () => numbers(), { events })
// @ts-expect-error -- neither events nor a clean-up function
createSSEStream(async (session) => session.json('ready'), { events })
createSSEStream(
  async (session) => {
    expectTypeOf(session).toEqualTypeOf<SSESession<{ tick: { now: number }; message: string }>>()
  },
  { events },
)
