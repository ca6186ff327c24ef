import {
  type CloseReason,
  createEventStream,
  createEventStreamObserver,
  eventTypes,
  type EventStream,
  type EventStreamOptions,
  type EventStreamState,
  type Gap,
  isSSEError,
  type Progress,
  type ProgressEvents,
  SSEError,
  type SSEErrorCode,
  type SSEMessage,
  type Transport,
} from '@tidewire/client'
import { describe, expectTypeOf, it } from 'vitest'
import { number } from '../test/schemas.ts'

interface Tick {
  load: number
}

/** An interface, which has no index signature. */
interface Events {
  tick: Tick
  message: string
}

describe('events', () => {
  it('of a progress stream have their types by name', () => {
    const stream = createEventStream('/', { events: eventTypes<ProgressEvents<{ url: string }>>() })
    stream.on('progress', (data) => expectTypeOf(data).toEqualTypeOf<Progress>())
    stream.on('complete', ({ result }) => expectTypeOf(result).toEqualTypeOf<{ url: string }>())
    stream.on('error', (data) => expectTypeOf(data).toEqualTypeOf<{ code: string; message: string }>())
    // @ts-expect-error there is no such event
    stream.on('progres', () => {})
  })

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

  it('may be a map of schemas, whose output the handlers get', () => {
    const stream = createEventStream('/', {
      events: { tick: number, message: eventTypes<Tick>() },
      on: { tick: (data) => expectTypeOf(data).toEqualTypeOf<number>() },
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<Tick>(),
      onUnknownEvent: (event) => expectTypeOf(event).toEqualTypeOf<SSEMessage>(),
    })
    expectTypeOf(stream.data).toEqualTypeOf<number | Tick | undefined>()
    // @ts-expect-error There is no such event.
    stream.on('tock', () => {})
    // @ts-expect-error Not a schema.
    createEventStream('/', { events: { tick: 'number' } })
  })

  it('type what decides about them, and what iterates over them', async () => {
    const stream = createEventStream('/', {
      events: eventTypes<Events>(),
      until: (event) => event.event === 'tick' && event.data.load > 1,
    })
    for await (const event of stream) {
      expectTypeOf(event).toEqualTypeOf<SSEMessage<'tick', Tick> | SSEMessage<'message', string>>()
    }
  })

  it('may be named explicitly', () => {
    expectTypeOf(createEventStream<Events>('/')).toEqualTypeOf<EventStream<Events>>()
    expectTypeOf(createEventStreamObserver<Events>('/').getSnapshot().data).toEqualTypeOf<Tick | string | undefined>()
  })
})

describe('reduce', () => {
  it('types `data` by what it makes of the events', () => {
    const stream = createEventStream('/', {
      events: eventTypes<{ tick: Tick }>(),
      initialData: [] as number[],
      reduce: (loads, { data }) => [...loads, data.load],
    })
    expectTypeOf(stream.data).toEqualTypeOf<number[]>()
    expectTypeOf(stream.getSnapshot().data).toEqualTypeOf<number[]>()
    const observer = createEventStreamObserver('/', {
      events: eventTypes<{ tick: Tick }>(),
      initialData: 0,
      reduce: (sum: number, { data }) => sum + data.load,
    })
    expectTypeOf(observer.getSnapshot().data).toEqualTypeOf<number>()
  })

  it('has to return what `data` is', () => {
    createEventStream('/', {
      events: eventTypes<{ tick: Tick }>(),
      initialData: [] as number[],
      // @ts-expect-error Not a list.
      reduce: (loads, { data }) => data.load,
    })
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

  it('say when a connection is given up, and what becomes of it', () => {
    expectTypeOf<{ heartbeat: false | 1000 }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ pauseWhenHidden: boolean | 1000 }>().toExtend<EventStreamOptions>()
    expectTypeOf<{ transport: Transport }>().toExtend<EventStreamOptions>()
    createEventStream('/', {
      onUnauthorized: (error) => expectTypeOf(error).toEqualTypeOf<SSEError>(),
      onGap: (gap) => expectTypeOf(gap).toEqualTypeOf<Gap>(),
      onClose: (reason) => expectTypeOf(reason).toEqualTypeOf<CloseReason>(),
      resolveURL: async (url) => new URL(url),
      transport: async ({ receive, signal, lastEventId }) => {
        if (!signal.aborted) receive([{ open: 'pigeon' }, { data: lastEventId }])
        return new SSEError('disconnected', 'over')
      },
    })
    // @ts-expect-error There is nothing to wait for.
    createEventStream('/', { heartbeat: true })
    // @ts-expect-error Not a URL.
    createEventStream('/', { resolveURL: () => 1 })
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

describe('verbs', () => {
  it('take a part of the request, and nothing else', () => {
    const stream = createEventStream('/')
    stream.open({ body: { prompt: 'again' }, headers: async () => ({}) })
    // @ts-expect-error Callbacks are not of the request.
    stream.open({ onEvent: () => {} })
    expectTypeOf(stream.opened).toEqualTypeOf<Promise<void>>()
    expectTypeOf<EventStream['pause' | 'resume' | 'reconnect' | 'close']>().toEqualTypeOf<() => void>()
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

it('knows what is shown before the first event, and what after it', () => {
  const events = eventTypes<{ tick: { n: number }; name: string }>()
  type Payload = { n: number } | string
  expectTypeOf(createEventStream('/x', { events, initialData: null }).data).toEqualTypeOf<Payload | null>()
  expectTypeOf(createEventStream('/x', { events, initialData: 7 }).data).toEqualTypeOf<Payload | number>()
  expectTypeOf(createEventStream('/x', { events, initialData: { n: 1 } }).data).toEqualTypeOf<Payload>()
  expectTypeOf(createEventStream('/x', { events }).data).toEqualTypeOf<Payload | undefined>()
  expectTypeOf(createEventStream<{ tick: { n: number } }>('/x', { initialData: { n: 1 } }).data).toEqualTypeOf<
    { n: number } | undefined
  >()
  expectTypeOf(
    createEventStream('/x', { events, initialData: '', reduce: (all, { text }) => all + text }).data,
  ).toEqualTypeOf<string>()
})
