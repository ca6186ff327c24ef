import {
  createEventStream,
  type EventStreamOptions,
  isSSEError,
  type SSEError,
  type SSEMessage,
} from '@tidewire/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const encoder = new TextEncoder()

beforeEach(() => {
  // Time stands still, so that a wait can be read from a date.
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
})

afterEach(() => {
  vi.useRealTimers()
})

/** A `fetch` that answers with these chunks and the end. */
const answer = (chunks: readonly (string | Uint8Array)[], onCancel?: () => void) => () =>
  Promise.resolve(
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
          controller.close()
        },
        ...(onCancel && { cancel: onCancel }),
      }),
      { headers: { 'Content-Type': 'text/event-stream' } },
    ),
  )

/** All that there is to see of a stream that the server ends after these chunks. */
async function read(chunks: readonly (string | Uint8Array)[], options: EventStreamOptions = {}) {
  const events: string[][] = []
  const { promise: failure, resolve } = Promise.withResolvers<SSEError>()
  const stream = createEventStream('https://example.test/', {
    ...options,
    fetch: answer(chunks),
    parse: 'text',
    retry: { delay: 0 },
    onEvent: ({ event, text, id }) => events.push([event, text, id]),
    onError: resolve,
  })
  const { code } = await failure
  const { lastEventId, nextRetryAt } = stream
  stream.close()
  return { events, lastEventId, code, wait: nextRetryAt }
}

/** All ways to cut some bytes in two, all bytes on their own, and all of them at once. */
function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes]
  yield [...bytes].map((byte) => Uint8Array.of(byte))
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

describe('an event stream', () => {
  const lines = [
    ': a comment',
    'event: é→😀',
    'id: 1',
    'data: first é→😀',
    'data:  second',
    '',
    'retry: 42',
    'id: 2',
    '',
    'data',
    '',
    '',
    'id',
    'unknown: field',
    ':',
    'data:x:y',
    '',
    'event: nothing',
    '',
    'data: after',
    '',
  ]
  const events = [
    ['é→😀', 'first é→😀\n second', '1'],
    ['message', '', '2'],
    ['message', 'x:y', ''],
    ['message', 'after', ''],
  ]

  const endings: Record<string, (line: string, index: number) => string> = {
    LF: () => '\n',
    CR: () => '\r',
    CRLF: () => '\r\n',
    // An empty line never ends in LF alone: after a CR that would be one ending, not two.
    'a mix of all': (line, index) =>
      (line === '' ? ['\r\n', '\r'] : ['\r\n', '\n', '\r'])[index % (line === '' ? 2 : 3)]!,
  }

  it.each(Object.entries(endings))(
    'reads the same wherever it is cut, with lines that end in %s',
    async (_, ending) => {
      const bytes = encoder.encode(lines.map((line, index) => line + ending(line, index)).join(''))
      for (const chunks of cuts(bytes))
        expect(await read(chunks)).toEqual({ events, lastEventId: '', code: 'disconnected', wait: 42 })
    },
  )

  it('may begin with one byte order mark, wherever that is cut', async () => {
    for (const chunks of cuts(encoder.encode('\uFEFFdata: 1\n\n'))) {
      expect((await read(chunks)).events).toEqual([['message', '1', '']])
    }
  })

  it('may begin with no more than one byte order mark', async () => {
    for (const chunks of cuts(encoder.encode('\uFEFF\uFEFFdata: 1\n\ndata: \uFEFF2\n\n'))) {
      expect((await read(chunks)).events).toEqual([['message', '\uFEFF2', '']])
    }
  })

  it('ends a line, and an event, at a CR without waiting for what follows', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const received: string[] = []
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const { promise: closed, resolve: close } = Promise.withResolvers<unknown>()
    createEventStream('https://example.test/', {
      fetch: () => Promise.resolve(new Response(readable, { headers: { 'Content-Type': 'text/event-stream' } })),
      retry: false,
      onEvent({ text }) {
        received.push(text)
        resolve()
      },
      onClose: close,
    })
    await writer.write(encoder.encode('data: 1\r\r'))
    await arrived
    // The late LF belongs to the CR.
    await writer.write(encoder.encode('\ndata: 2\n\n'))
    await writer.close()
    await closed
    expect(received).toEqual(['1', '2'])
  })

  it('never gives out an event that it ends in, nor its id', async () => {
    for (const end of ['', 'd', 'data', 'data: 2', 'data: 2\n', 'data: 2\nid: b\n', 'id: b', 'id: b\r']) {
      const { events, lastEventId } = await read([`id: a\ndata: 1\n\n${end}`])
      expect([events, lastEventId], end).toEqual([[['message', '1', 'a']], 'a'])
    }
  })

  it('ignores an id that holds NUL', async () => {
    const { events, lastEventId } = await read(['id: a\n\nid: b\0\ndata: 1\n\n'])
    expect([events, lastEventId]).toEqual([[['message', '1', 'a']], 'a'])
  })

  it('takes only digits for a retry', async () => {
    for (const value of ['-1', '+1', '1.5', '1e1', '1000x', '', ' ', '0x10', '٣']) {
      expect((await read([`retry: 7\n\nretry: ${value}\n\n`])).wait, value).toBe(7)
    }
    expect((await read(['retry: 7\nretry\n'])).wait).toBe(7)
    expect((await read(['retry: 7\n\nretry: 0\n\n'])).wait).toBe(0)
    expect((await read(['retry: 0012\n\n'])).wait).toBe(12)
    expect((await read(['retry: 99999999999999999999\n\n'])).wait).toBe(3_600_000)
  })

  it('replaces bytes that are no text', async () => {
    const { events } = await read([encoder.encode('data: '), Uint8Array.of(0xff, 0xc3), encoder.encode('\n\n')])
    expect(events).toEqual([['message', '\uFFFD\uFFFD', '']])
  })
})

describe('an event above maxEventSize', () => {
  it('is refused however it comes, and the events beside it are not', async () => {
    const before = 'id: a\ndata: 1\n\n'
    const shapes: Record<string, string[]> = {
      'a line without an end': [`${before}data: `, 'x'.repeat(50), 'x'.repeat(51)],
      'one line in one chunk': [`${before}id: b\ndata: ${'x'.repeat(101)}\n\ndata: 2\n\n`],
      'one line in one chunk, with CRLF': [`${before}id: b\r\ndata: ${'x'.repeat(101)}\r\n\r\ndata: 2\r\n\r\n`],
      'many lines in one chunk': [`${before}${'data:\n'.repeat(102)}\ndata: 2\n\n`],
      'many lines in many chunks': [before, ...Array<string>(102).fill('data:\n'), '\n'],
    }
    for (const [shape, chunks] of Object.entries(shapes)) {
      const { events, code } = await read(chunks, { maxEventSize: 100, maxBufferSize: 100 })
      expect(events[0], shape).toEqual(['message', '1', 'a'])
      expect(
        events.map(([, data]) => data?.length),
        shape,
      ).not.toContain(101)
      expect(code, shape).toBe('too-large')
    }
  })

  it('is one character longer than one that is accepted', async () => {
    const { events, code } = await read(
      [`data: ${'x'.repeat(100)}\n\n`, `data: ${'x'.repeat(60)}\ndata: ${'x'.repeat(39)}\n\n`],
      {
        maxEventSize: 100,
      },
    )
    expect(events.map(([, text]) => text?.length)).toEqual([100, 100])
    expect(code).toBe('disconnected')
  })

  it('is refused by default, also where it is two million tiny lines', { timeout: 30_000 }, async () => {
    const chunk = encoder.encode('data:xxxxxxx\n'.repeat(100_000))
    const chunks = Array<Uint8Array>(22).fill(chunk)
    const { events, code } = await read(chunks)
    expect(events).toEqual([])
    expect(code).toBe('too-large')
  })

  it('does not count comments, unknown fields and other events', async () => {
    const { events, code } = await read(
      [`: ${'x'.repeat(500)}`, 'x'.repeat(500), `\nunknown: ${'x'.repeat(500)}\n`, 'data: 1234567\n\n'.repeat(50)],
      { maxEventSize: 100 },
    )
    expect(events).toHaveLength(50)
    expect(code).toBe('disconnected')
  })
})

describe('a fetch of the user', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('is called as a function, as the global one must be', async () => {
    const receivers: unknown[] = []
    const { promise: closed, resolve } = Promise.withResolvers<unknown>()
    const options: EventStreamOptions = {
      retry: false,
      fetch(this: unknown) {
        receivers.push(this)
        return answer([])()
      },
      headers(this: unknown) {
        receivers.push(this)
        return {}
      },
      onClose: resolve,
    }
    createEventStream('/relative', options)
    await closed
    expect(receivers).toHaveLength(2)
    expect(receivers).not.toContain(options)
  })

  it('may come later than the stream: the global one is read for each attempt', async () => {
    const stub = vi.fn(answer(['data: 1\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n']))
    vi.stubGlobal('fetch', stub)
    const { promise: event, resolve } = Promise.withResolvers<SSEMessage>()
    createEventStream('https://example.test/a', { onEvent: resolve })
    expect((await event).data).toBe(1)
    expect(stub).toHaveBeenCalledExactlyOnceWith('https://example.test/a', expect.objectContaining({ method: 'GET' }))
  })

  it.each([undefined, null, {}, { status: 200, headers: new Headers() }, 'response'])(
    'that answers with %o ends in a typed error',
    async (response) => {
      const { promise: failure, resolve } = Promise.withResolvers<SSEError>()
      const answerWith = () => Promise.resolve(response as Response)
      createEventStream('/relative', { fetch: answerWith, retry: false, onError: resolve })
      expect(isSSEError(await failure)).toBe(true)
    },
  )
})
