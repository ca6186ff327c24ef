import type { Gap, SSEMessage } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { broken, later, number } from '../test/schemas.ts'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, settle } = useScriptedStreams()

const hello = (channels: object) =>
  `event: sse.hello\nid: e.5\ndata: ${JSON.stringify({ v: 1, connection: 'c', heartbeat: 1000, cursor: 'e.5', channels })}\n\n`

describe('an event that cannot be taken', () => {
  it.each([
    ['is longer than maxEventSize', { maxEventSize: 10 }, '12345678901', 'too-large'],
    ['cannot be parsed', { parse: 'json' }, 'nope', 'parse'],
    [
      'is refused by the function that parses',
      {
        parse: (text: string) => {
          if (text === 'nope') throw new RangeError(text)
          return text
        },
      },
      'nope',
      'parse',
    ],
    ['is refused by its schema', { events: { message: number } }, 'nope', 'invalid-event'],
  ] as const)('since it %s is an error and a gap, and the stream goes on behind it', async (_, options, data, code) => {
    const onGap = vi.fn()
    const { stream, log } = await start({ ...options, onGap })
    await open(`id: a\ndata: 1\n\nid: b\ndata: ${data}\n\nid: c\ndata: 3\n\n`)
    expect(log).toEqual(['open', 'message:1', `error:${code}`, 'gap:dropped', 'message:3'])
    expect(onGap).toHaveBeenCalledExactlyOnceWith({
      reason: 'dropped',
      error: expect.objectContaining({ name: 'SSEError', code }) as unknown,
    })
    expect(stream).toMatchObject({ status: 'open', error: undefined, lastEventId: 'c' })
  })

  it('moves the position before it is told of, so that a reconnection does not bring it again', async () => {
    const positions: string[] = []
    const { stream } = await start({ maxEventSize: 10, onGap: () => positions.push(stream.lastEventId) })
    await open('id: a\ndata: 12345678901\n\n')
    expect(positions).toEqual(['a'])
    stream.reconnect()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('changes nothing of what is shown', async () => {
    const { stream } = await start({ parse: 'json', recent: 5 })
    await open('data: 1\n\ndata: nope\n\n')
    expect(stream).toMatchObject({ data: 1, lastEvent: { data: 1 }, error: { code: 'parse' } })
    expect(stream.recent.map(({ data }) => data)).toEqual([1])
  })

  it('counts for handlers that stand beside each other, and for each listener', async () => {
    const gaps: Gap[] = []
    const { stream } = await start({ parse: 'json', onGap: (gap) => gaps.push(gap) })
    await open('data: nope\n\ndata: 1\n\ndata: no\n\n')
    expect(gaps).toHaveLength(2)
    expect(stream.error?.code).toBe('parse')
  })

  it('is not one that is as long as maxEventSize', async () => {
    const { log } = await start({ maxEventSize: 10 })
    await open('data: 1234567890\n\n')
    expect(log).toEqual(['open', 'message:1234567890'])
  })
})

describe('more than maxBufferSize of an event that is not complete', () => {
  it('ends the stream, behind the events before it', async () => {
    const onGap = vi.fn()
    const { stream, log } = await start({ maxBufferSize: 100, onGap })
    await open(`id: a\ndata: 1\n\ndata: ${'x'.repeat(101)}`)
    expect(log).toEqual(['open', 'message:1', 'error:too-large', 'close:fatal'])
    expect(stream).toMatchObject({ closeReason: 'fatal', lastEventId: 'a', error: { code: 'too-large' } })
    expect(server.last.isAbandoned).toBe(true)
    expect(onGap).not.toHaveBeenCalled()
  })

  it('is not a whole event in one piece, which maxEventSize is for', async () => {
    const { log } = await start({ maxBufferSize: 100, parse: 'text' })
    await open(`data: ${'x'.repeat(200)}\n\n`)
    expect(log).toEqual(['open', `message:${'x'.repeat(200)}`])
  })
})

describe('a server that has events no longer', () => {
  it.each([
    ['says so', 'event: sse.reset\nid: e.9\ndata: {"channels":["a"]}\n\n', 'e.9'],
    ['says so when it opens', hello({ a: 'reset' }), 'e.5'],
    ['says so of one of several channels', hello({ a: 'resumed', b: 'reset', c: 'fresh' }), 'e.5'],
  ])('and %s makes a gap, and moves the position', async (_, text, position) => {
    const onGap = vi.fn()
    const { stream, log } = await start({ onGap })
    await open(text)
    expect(onGap.mock.calls).toEqual([[{ reason: 'reset' }]])
    expect(log).toEqual(['open', 'gap:reset'])
    expect(stream).toMatchObject({ status: 'open', error: undefined, lastEventId: position, data: undefined })
  })

  it.each([
    ['resumed', hello({ a: 'resumed', b: 'fresh' })],
    ['without channels', hello({})],
    [
      'that is rubbish',
      'event: sse.hello\ndata: reset\n\nevent: sse.hello\ndata: null\n\nevent: sse.hello\ndata: {"channels":0}\n\n',
    ],
  ])('is not one that says hello %s', async (_, text) => {
    const { stream, log } = await start()
    await open(text)
    expect(log).toEqual(['open'])
    expect(stream.status).toBe('open')
  })
})

describe('a position that no header can carry', () => {
  it.each([
    ['has a control character', 'a\u0001'],
    ['is too long', 'x'.repeat(1025)],
    ['ends in a space', 'a '],
  ])('since it %s makes a gap each time that the stream comes back', async (_, id) => {
    const onGap = vi.fn()
    const { stream, log } = await start({ onGap })
    await open(`id: ${id}\ndata: 1\n\n`)
    for (let count = 0; count < 2; count++) {
      stream.reconnect()
      await settle()
      expect(server.last.header('Last-Event-ID')).toBeNull()
      await open()
    }
    expect(log).toEqual(['open', 'message:1', 'open', 'gap:reset', 'open', 'gap:reset'])
    expect(onGap.mock.calls).toEqual([[{ reason: 'reset' }], [{ reason: 'reset' }]])
    server.last.send('id: b\n\n')
    await settle()
    stream.reconnect()
    await settle()
    await open()
    expect(log.slice(6)).toEqual(['open'])
  })

  it('makes one for who begins with it, and none where there is no position', async () => {
    const { log } = await start({ lastEventId: ' a' })
    await open()
    expect(log).toEqual(['open', 'gap:reset'])
    const other = await start()
    await open('data: 1\n\n')
    other.stream.reconnect()
    await settle()
    await open()
    expect(other.log).toEqual(['open', 'message:1', 'open'])
  })

  it('makes none for who closes when it opens', async () => {
    const { stream, log } = await start({ lastEventId: ' a', onOpen: () => stream.close() })
    await open()
    expect(log).toEqual(['open', 'close:manual'])
  })
})

describe('onGap', () => {
  it('that throws is reported, and stops nobody', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('gap')
    const { log } = await start({
      parse: 'json',
      onGap() {
        throw failure
      },
    })
    await open('data: nope\n\ndata: 1\n\n')
    expect(report).toHaveBeenCalledExactlyOnceWith(failure)
    expect(log.at(-1)).toBe('message:1')
  })

  it('may close the stream: nothing more of the chunk', async () => {
    const { stream, log } = await start({ parse: 'json', onGap: () => stream.close() })
    await open('data: nope\n\ndata: 1\n\n')
    expect(log).toEqual(['open', 'error:parse', 'gap:dropped', 'close:manual'])
  })
})

describe('a map of schemas', () => {
  it('checks each payload, and hands on what the schema makes of it', async () => {
    const data: unknown[] = []
    const { stream } = await start({
      events: { message: number, tick: number },
      on: { tick: (value) => data.push(value) },
    })
    await open('event: tick\ndata: "7"\n\ndata: 8\n\n')
    expect(data).toEqual([7])
    expect(stream).toMatchObject({ data: 8, lastEvent: { data: 8, text: '8' } })
  })

  it('says in the error what the schema says, and which event it was', async () => {
    const { stream } = await start({ events: { tick: number } })
    await open('event: tick\ndata: nope\n\n')
    expect(stream.error).toMatchObject({
      code: 'invalid-event',
      field: 'data',
      message: '`tick` does not fit its schema: not a number',
      cause: { issues: [{ message: 'not a number' }] },
    })
  })

  it('takes what the function that parses gives', async () => {
    const { stream } = await start({ events: { message: number }, parse: (text) => text.length })
    await open('data: four\n\n')
    expect(stream.data).toBe(4)
  })

  it.each(['constructor', '__proto__', 'toString'])(
    'knows no event `%s` that it does not name itself',
    async (name) => {
      const { log } = await start({ events: { message: number } })
      await open(`event: ${name}\ndata: 1\n\n`)
      expect(log).toEqual(['open', `unknown:${name}`])
    },
  )

  it('may hold types without schemas', async () => {
    const { eventTypes } = await import('@tidewire/client')
    const { log } = await start({ events: { message: eventTypes<string>(), tick: number } })
    await open('data: anything\n\nevent: tick\ndata: no\n\n')
    expect(log).toEqual(['open', 'message:anything', 'error:invalid-event', 'gap:dropped'])
  })

  it('refuses a schema that is async, and leaves no rejection behind', async () => {
    const onRejection = vi.fn()
    process.on('unhandledRejection', onRejection)
    const { stream, log } = await start({
      events: {
        message: later(() => Promise.reject(new Error('later'))),
        tick: later(() => Promise.resolve({ value: 1 })),
      },
    })
    await open('data: 1\n\nevent: tick\ndata: 1\n\n')
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    vi.useFakeTimers({ now: 0 })
    process.off('unhandledRejection', onRejection)
    expect(onRejection).not.toHaveBeenCalled()
    expect(stream.error?.message).toContain('its schema is async')
    expect(log).toEqual(['open', 'error:invalid-event', 'gap:dropped', 'error:invalid-event', 'gap:dropped'])
  })

  it('takes a schema that throws for one that refuses', async () => {
    const cause = new Error('bug')
    const { stream, log } = await start({ events: { message: broken(cause) } })
    await open('data: 1\n\n')
    expect(log).toEqual(['open', 'error:invalid-event', 'gap:dropped'])
    expect(stream.error).toMatchObject({ name: 'SSEError', code: 'invalid-event', cause })
  })
})

describe('onUnknownEvent', () => {
  it('is called with every event that has no schema, which reaches nobody else', async () => {
    const unknown: SSEMessage[] = []
    const spy = vi.fn()
    const { stream } = await start({
      events: { tick: number },
      recent: 5,
      until: spy,
      reduce: spy,
      on: { other: spy },
      onMessage: spy,
      onEvent: spy,
      onUnknownEvent: (event) => unknown.push(event),
    })
    await open('id: a\nevent: other\ndata: {"n":1}\n\ndata: 2\n\n')
    expect(unknown).toEqual([
      { event: 'other', data: { n: 1 }, text: '{"n":1}', id: 'a' },
      { event: 'message', data: 2, text: '2', id: 'a' },
    ])
    expect(spy).not.toHaveBeenCalled()
    expect(stream).toMatchObject({ data: undefined, lastEvent: undefined, recent: [], lastEventId: 'a' })
  })

  it('is no gap, also where the payload cannot be parsed: then it is the text', async () => {
    const unknown: unknown[] = []
    const { stream, log } = await start({
      events: { tick: number },
      parse: 'json',
      onUnknownEvent: ({ data }) => unknown.push(data),
    })
    await open('event: other\ndata: nope\n\n')
    expect(log).toEqual(['open', 'unknown:other'])
    expect(unknown).toEqual(['nope'])
    expect(stream.error).toBeUndefined()
  })

  it('is never called where events have no schemas, nor for reserved ones', async () => {
    const { eventTypes } = await import('@tidewire/client')
    const { log } = await start({ events: eventTypes<{ tick: number }>() })
    await open('event: other\ndata: 1\n\nevent: sse.other\ndata: 1\n\n')
    expect(log).toEqual(['open', 'other:1'])
  })
})
