import {
  createEventStream,
  type EventStream,
  type EventStreamOptions,
  type EventStreamState,
  type SSEMessage,
} from '@tidewire/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createScriptedFetch, type ScriptedFetch } from '../test/scriptedFetch.ts'

let server: ScriptedFetch
let streams: EventStream[]

beforeEach(() => {
  vi.useFakeTimers()
  server = createScriptedFetch()
  streams = []
})

afterEach(async () => {
  for (const stream of streams) stream.close()
  await settle()
  expect(server.live).toEqual([])
  // The last publication.
  vi.advanceTimersByTime(50)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Lets everything happen that waits for no time. */
const settle = () => vi.advanceTimersByTimeAsync(0)

/** A stream whose server has answered, and waits. */
async function open(options: EventStreamOptions = {}): Promise<EventStream> {
  const stream = createEventStream('https://example.test/', { fetch: server.fetch, ...options })
  streams.push(stream)
  await settle()
  server.last.respond()
  await settle()
  return stream
}

async function send(text: string): Promise<void> {
  server.last.send(text)
  await settle()
}

describe('events', () => {
  it('reach their handlers, onMessage and onEvent in the order in which they came', async () => {
    const calls: unknown[] = []
    await open({
      on: {
        tick: (data, event) => calls.push(['tick', data, event.id]),
        message: (data) => calls.push(['message', data]),
      },
      onMessage: (data) => calls.push(['onMessage', data]),
      onEvent: ({ event, data }) => calls.push(['onEvent', event, data]),
    })
    await send('data: 1\n\nevent: tick\nid: a\ndata: {"n":2}\n\ndata: three\n\n')
    expect(calls).toEqual([
      ['message', 1],
      ['onMessage', 1],
      ['onEvent', 'message', 1],
      ['tick', { n: 2 }, 'a'],
      ['onEvent', 'tick', { n: 2 }],
      ['message', 'three'],
      ['onMessage', 'three'],
      ['onEvent', 'message', 'three'],
    ])
  })

  it('are `message` where the name is empty', async () => {
    const onMessage = vi.fn()
    await open({ onMessage })
    await send('event:\ndata: 1\n\nevent: \ndata: 2\n\nevent\ndata: 3\n\nevent: message\ndata: 4\n\n')
    expect(onMessage.mock.calls).toEqual([[1], [2], [3], [4]])
  })

  it('carry the payload, the text and the last id in force', async () => {
    const events: SSEMessage[] = []
    await open({ onEvent: (event) => events.push(event) })
    await send('data: 1\n\nid: a\ndata: 2\n\ndata: 3\n\nid: b\n\ndata: 4\n\nid:\ndata: 5\n\n')
    expect(events).toEqual([
      { event: 'message', data: 1, text: '1', id: '' },
      { event: 'message', data: 2, text: '2', id: 'a' },
      { event: 'message', data: 3, text: '3', id: 'a' },
      { event: 'message', data: 4, text: '4', id: 'b' },
      { event: 'message', data: 5, text: '5', id: '' },
    ])
  })

  it('fire for empty data, and not for a block without data', async () => {
    const onEvent = vi.fn()
    const stream = await open({ onEvent })
    await send('event: tick\nid: a\n\n: comment\n\n\n\n')
    expect(onEvent).not.toHaveBeenCalled()
    expect(stream.lastEventId).toBe('a')
    await send('data\n\ndata:\n\ndata:\ndata:\n\n')
    expect(onEvent.mock.calls.map(([event]) => (event as SSEMessage).text)).toEqual(['', '', '\n'])
  })

  it('named like a property of every object find only their own handlers and rules', async () => {
    const names = ['constructor', '__proto__', 'toString']
    const events: SSEMessage[] = []
    const handler = vi.fn()
    const stream = await open({ on: {}, parse: {}, onEvent: (event) => events.push(event) })
    const text = names.map((name) => `event: ${name}\ndata: 1\n\n`).join('')
    await send(text)
    expect(events.map(({ event, data }) => [event, data])).toEqual(names.map((name) => [name, 1]))
    for (const name of names) stream.on(name, handler)
    await send(text)
    expect(handler.mock.calls.map(([data, event]) => [data, (event as SSEMessage).event])).toEqual(
      names.map((name) => [1, name]),
    )
  })

  it('that are reserved never reach user code', async () => {
    const spy = vi.fn()
    const stream = await open({ on: { 'sse.bye': spy, 'sse.other': spy }, onEvent: spy, onMessage: spy, parse: spy })
    await send('event: sse.other\nid: a\ndata: 1\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n')
    expect(spy).not.toHaveBeenCalled()
    expect(stream).toMatchObject({ data: undefined, lastEvent: undefined, lastEventId: 'a', closeReason: 'complete' })
  })
})

describe('handlers', () => {
  it('are called until they are taken off', async () => {
    const handler = vi.fn()
    const stream = await open()
    const off = stream.on('tick', handler)
    await send('event: tick\ndata: 1\n\n')
    off()
    off()
    await send('event: tick\ndata: 2\n\n')
    expect(handler.mock.calls.map(([data]) => data as unknown)).toEqual([1])
  })

  it('are each called, also where the same one is added twice', async () => {
    const handler = vi.fn()
    const stream = await open()
    const off = stream.on('tick', handler)
    stream.on('tick', handler)
    await send('event: tick\ndata: 1\n\n')
    expect(handler).toHaveBeenCalledTimes(2)
    off()
    await send('event: tick\ndata: 2\n\n')
    expect(handler).toHaveBeenCalledTimes(3)
  })

  it('miss nothing when they are added in the turn that creates the stream', async () => {
    const handler = vi.fn()
    const stream = createEventStream('https://example.test/', { fetch: server.fetch })
    streams.push(stream)
    stream.on('tick', handler)
    await settle()
    server.last.respond().send('event: tick\ndata: 1\n\n')
    await settle()
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('added by a handler wait for the next event', async () => {
    const inner = vi.fn()
    const stream = await open()
    stream.on('tick', (data) => {
      if (data === 1) stream.on('tick', inner)
    })
    await send('event: tick\ndata: 1\n\nevent: tick\ndata: 2\n\n')
    expect(inner.mock.calls.map(([data]) => data as unknown)).toEqual([2])
  })

  it('taken off by an earlier handler are not called any more', async () => {
    const later = vi.fn()
    const stream = await open({ on: { tick: () => off() } })
    const off = stream.on('tick', later)
    await send('event: tick\ndata: 1\n\n')
    expect(later).not.toHaveBeenCalled()
  })

  it('that throw are reported, and take nothing from the others or from the rest of the chunk', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('handler')
    const fail = () => {
      throw failure
    }
    const other = vi.fn()
    const stream = await open({ on: { tick: fail }, onMessage: fail, onEvent: other })
    stream.on('tick', other)
    await send('event: tick\ndata: 1\n\ndata: 2\n\nevent: tick\ndata: 3\n\n')
    expect(report.mock.calls).toEqual([[failure], [failure], [failure]])
    expect(other).toHaveBeenCalledTimes(5)
    expect(stream).toMatchObject({ status: 'open', data: 3, error: undefined })
  })

  it('that throw go to the platform where it takes such reports', async () => {
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    await open({ onMessage: () => JSON.parse('{') as void })
    await send('data: 1\n\n')
    vi.unstubAllGlobals()
    expect(reportError).toHaveBeenCalledExactlyOnceWith(expect.any(SyntaxError))
  })

  it('that close the stream are the last to hear of the chunk, and its position is theirs', async () => {
    const calls: unknown[] = []
    const stream = await open({
      onMessage: (data) => {
        calls.push(data)
        if (data === 2) stream.close()
      },
      onClose: (reason) => calls.push(reason),
    })
    await send('id: a\ndata: 1\n\nid: b\ndata: 2\n\nid: c\n\nid: d\ndata: 3\n\n')
    expect(calls).toEqual([1, 2, 'manual'])
    expect(stream).toMatchObject({ status: 'closed', lastEventId: 'b', data: 2 })
    expect(server.last.isAbandoned).toBe(true)
  })

  it('that close and open again resume behind their event', async () => {
    const data: unknown[] = []
    const stream = await open({
      onMessage: (value) => {
        data.push(value)
        if (value !== 1) return
        stream.close()
        stream.open()
      },
    })
    await send('id: a\ndata: 1\n\nid: b\ndata: 2\n\n')
    expect(server.exchanges).toHaveLength(2)
    expect(server.last.header('Last-Event-ID')).toBe('a')
    server.last.respond().send('id: b\ndata: 2\n\n')
    await settle()
    expect(data).toEqual([1, 2])
  })

  it('that reconnect hear nothing more of the old connection', async () => {
    const data: unknown[] = []
    const stream = await open({
      onMessage: (value) => {
        data.push(value)
        if (value === 1) stream.reconnect()
      },
    })
    await send('id: a\ndata: 1\n\ndata: lost\n\n')
    expect(data).toEqual([1])
    expect(server.exchanges.map(({ isLive }) => isLive)).toEqual([false, true])
  })
})

describe('parse', () => {
  it('reports what it cannot parse, moves on, and keeps the stream', async () => {
    const onError = vi.fn()
    const data: unknown[] = []
    const stream = await open({ parse: 'json', onError, onMessage: (value) => data.push(value) })
    await send('data: 1\n\nid: a\ndata: nope\n\ndata: 3\n\n')
    expect(data).toEqual([1, 3])
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'SSEError', code: 'parse' }))
    expect(stream).toMatchObject({ status: 'open', lastEventId: 'a', data: 3, error: undefined })
    await send('data: no\n\n')
    expect(stream).toMatchObject({ status: 'open', data: 3, error: { code: 'parse' } })
  })

  it('is called once per event, with its text and its name', async () => {
    const parse = vi.fn((text: string) => text.length)
    const stream = await open({ parse, on: { tick: () => {} } })
    stream.on('tick', () => {})
    await send('event: tick\ndata: four\n\n')
    expect(parse.mock.calls).toEqual([['four', 'tick']])
    expect(stream.data).toBe(4)
  })
})

describe('state', () => {
  it('is current in the fields, and published once per frame in the snapshot', async () => {
    const onMessage = vi.fn()
    const stream = await open({ onMessage, recent: 2 })
    vi.advanceTimersByTime(50)
    const before = stream.getSnapshot()
    const snapshots: EventStreamState<Record<string, unknown>>[] = []
    stream.subscribe(() => snapshots.push(stream.getSnapshot()))
    await send(Array.from({ length: 500 }, (_, n) => `id: ${n}\ndata: ${n}\n\n`).join(''))
    expect(onMessage.mock.calls.map(([data]) => data as unknown)).toEqual(Array.from({ length: 500 }, (_, n) => n))
    expect(stream).toMatchObject({ data: 499, lastEventId: '499' })
    expect(stream.getSnapshot()).toBe(before)
    vi.advanceTimersByTime(50)
    expect(snapshots).toEqual([
      expect.objectContaining({
        status: 'open',
        data: 499,
        lastEventId: '499',
        recent: [expect.objectContaining({ data: 498 }), expect.objectContaining({ data: 499 })],
      }),
    ])
    vi.advanceTimersByTime(1000)
    expect(stream.getSnapshot()).toBe(snapshots[0])
    expect(snapshots).toHaveLength(1)
  })

  it('has every field in the snapshot and on the stream', async () => {
    const stream = await open()
    vi.advanceTimersByTime(50)
    const snapshot = stream.getSnapshot()
    expect(Object.keys(snapshot).toSorted()).toEqual([
      'attempt',
      'closeReason',
      'data',
      'error',
      'isLost',
      'lastEvent',
      'lastEventId',
      'nextRetryAt',
      'recent',
      'status',
      'transport',
    ])
    for (const field of Object.keys(snapshot) as (keyof typeof snapshot)[]) {
      expect(stream[field], field).toBe(snapshot[field])
    }
  })

  it('keeps the last events, oldest first, and none unless it is asked to', async () => {
    const none = await open()
    await send('data: 1\n\n')
    expect(none.recent).toEqual([])
    const three = await open({ recent: 3 })
    await send('data: 1\n\ndata: 2\n\n')
    expect(three.recent.map(({ data }) => data)).toEqual([1, 2])
    await send('data: 3\n\ndata: 4\n\n')
    expect(three.recent.map(({ data }) => data)).toEqual([2, 3, 4])
  })

  it('is published at once when the stream ends', async () => {
    const stream = await open()
    const listener = vi.fn()
    stream.subscribe(listener)
    stream.close()
    expect(stream.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'manual' })
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('is published no more to a listener that has left', async () => {
    const stream = await open()
    const listener = vi.fn()
    const off = stream.subscribe(listener)
    await send('data: 1\n\n')
    off()
    vi.advanceTimersByTime(50)
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('the end that the server announces', () => {
  const bye = (payload: string) => `event: sse.bye\ndata: ${payload}\n\n`

  it('is an end for good where the stream is complete', async () => {
    const onClose = vi.fn()
    const onError = vi.fn()
    const onMessage = vi.fn()
    const stream = await open({ onClose, onError, onMessage })
    await send(`data: 1\n\n${bye('{"reason":"complete"}')}data: 2\n\n`)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'complete', error: undefined })
    expect(onMessage).toHaveBeenCalledTimes(1)
    expect(onClose).toHaveBeenCalledExactlyOnceWith('complete')
    expect(onError).not.toHaveBeenCalled()
    expect(server.last.isAbandoned).toBe(true)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it('is an error with the code of the server where its source failed, and worth another attempt', async () => {
    const stream = await open()
    await send(`data: 1\n\n${bye('{"reason":"error","code":"no_tape"}')}data: 2\n\n`)
    expect(stream).toMatchObject({ status: 'reconnecting', data: 1, error: { code: 'server', reason: 'no_tape' } })
    expect(server.last.isAbandoned).toBe(true)
  })

  it('is a lost connection where the server wants the reader to come back', async () => {
    const stream = await open()
    await send(`id: a\ndata: 1\n\n${bye('{"reason":"timeout"}')}`)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'disconnected', reason: 'timeout' } })
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it.each([
    '',
    'complete',
    '"complete"',
    'null',
    '0',
    '[]',
    '{}',
    '{"reason":null}',
    '{"reason":{"complete":1}}',
    '{"reason":"later"}',
    '{"code":{"toString":1,"valueOf":1}}',
    '{"reason":"timeout","code":[[]]}',
  ])('is a lost connection where the payload is %j', async (payload) => {
    const stream = await open()
    await send(bye(payload))
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'disconnected' } })
  })
})
