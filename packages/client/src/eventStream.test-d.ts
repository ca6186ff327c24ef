import {
  createEventStream,
  createEventStreamObserver,
  eventTypes,
  type EventStream,
  type EventStreamOptions,
  type EventStreamState,
  isSSEError,
  SSEError,
  type SSEErrorCode,
  type SSEMessage,
} from '@tidewire/client'
import { describe, expectTypeOf, it } from 'vitest'

interface Tick {
  load: number
}

/** An interface, which has no index signature. */
interface Events {
  tick: Tick
  message: string
}

describe('events', () => {
  it('type every handler and every payload', () => {
    const stream = createEventStream('/', {
      events: eventTypes<Events>(),
      on: {
        tick(data, event) {
          expectTypeOf(data).toEqualTypeOf<Tick>()
          expectTypeOf(event).toEqualTypeOf<SSEMessage<'tick', Tick>>()
        },
      },
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<string>(),
      onEvent(event) {
        expectTypeOf(event).toEqualTypeOf<SSEMessage<'tick', Tick> | SSEMessage<'message', string>>()
        if (event.event === 'tick') expectTypeOf(event.data).toEqualTypeOf<Tick>()
        else expectTypeOf(event.data).toEqualTypeOf<string>()
      },
    })
    expectTypeOf(stream).toEqualTypeOf<EventStream<Events>>()
    expectTypeOf(stream.data).toEqualTypeOf<Tick | string | undefined>()
    expectTypeOf(stream.recent).toEqualTypeOf<readonly (SSEMessage<'tick', Tick> | SSEMessage<'message', string>)[]>()
    stream.on('tick', (data) => expectTypeOf(data).toEqualTypeOf<Tick>())
    expectTypeOf(stream.getSnapshot()).toEqualTypeOf<EventStreamState<Events>>()
  })

  it('refuse names that are not theirs', () => {
    const stream = createEventStream('/', { events: eventTypes<Events>() })
    // @ts-expect-error There is no such event.
    stream.on('tock', () => {})
    // @ts-expect-error There is no such event.
    createEventStream('/', { events: eventTypes<Events>(), on: { tock: () => {} } })
    // @ts-expect-error The payload is another.
    stream.on('tick', (data: string) => data)
  })

  it('give onMessage any payload where there is no event `message`', () => {
    createEventStream('/', {
      events: eventTypes<{ tick: Tick }>(),
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<Tick>(),
    })
  })

  it('are unknown where they are not given', () => {
    const stream = createEventStream('/', {
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<unknown>(),
      onEvent: (event) => expectTypeOf(event).toEqualTypeOf<SSEMessage>(),
      on: { anything: (data) => expectTypeOf(data).toEqualTypeOf<unknown>() },
    })
    expectTypeOf(stream).toEqualTypeOf<EventStream>()
    expectTypeOf(stream.data).toEqualTypeOf<unknown>()
    stream.on('anything', (data) => expectTypeOf(data).toEqualTypeOf<unknown>())
  })

  it('may be named explicitly', () => {
    expectTypeOf(createEventStream<Events>('/')).toEqualTypeOf<EventStream<Events>>()
    expectTypeOf(createEventStreamObserver<Events>('/').getSnapshot().data).toEqualTypeOf<Tick | string | undefined>()
  })
})

describe('options', () => {
  it('take every kind of URL, body and header', () => {
    for (const url of ['/', new URL('http://localhost'), null, undefined, false, ''] as const) createEventStream(url)
    expectTypeOf<{ body: { a: number } }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ body: readonly number[] }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ body: FormData }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ headers: () => Promise<Headers> }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ headers: () => [string, string][] }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ retry: false }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ parse: { tick: 'json'; raw: (text: string) => number } }>().toExtend<EventStreamOptions>()
  })

  it('refuse what makes no sense', () => {
    // @ts-expect-error There is no such rule.
    createEventStream('/', { parse: 'xml' })
    // @ts-expect-error `true` is not a policy.
    createEventStream('/', { retry: true })
    // @ts-expect-error Not a URL.
    createEventStream(true)
  })

  it('may be undefined, each of them', () => {
    expectTypeOf<{ [K in keyof EventStreamOptions]: undefined }>().toExtend<EventStreamOptions>()
  })
})

describe('state', () => {
  it('cannot be written', () => {
    const stream = createEventStream('/')
    // @ts-expect-error The stream says where it is.
    stream.status = 'open'
    // @ts-expect-error The ring is the stream's.
    stream.recent.push({ event: 'tick', data: 1, id: '', text: '1' })
  })
})

describe('SSEError', () => {
  it('has a closed set of codes', () => {
    expectTypeOf<SSEError['code']>().toEqualTypeOf<SSEErrorCode>()
    // @ts-expect-error There is no such code.
    void new SSEError('oops', '')
    const value: unknown = new SSEError('closed', '')
    if (isSSEError(value)) expectTypeOf(value).toEqualTypeOf<SSEError>()
  })
})
