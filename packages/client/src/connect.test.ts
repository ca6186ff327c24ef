import { createEventStream, type SSEMessage } from '@tidewire/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect, type Entry } from './connect.ts'
import type { EventStreamOptions } from './options.ts'

const encoder = new TextEncoder()

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

async function read(chunks: readonly (string | Uint8Array)[], options: EventStreamOptions = {}) {
  const entries: Entry[] = []
  const retries: number[] = []
  let error: unknown
  const { signal } = new AbortController()
  await connect('https://example.test/', { ...options, fetch: answer(chunks) }, '', signal, {
    onOpen: () => {},
    onEntries: (more) => entries.push(...more),
    onRetry: (delay) => retries.push(delay),
  }).catch((reason: unknown) => {
    error = reason
  })
  const events = entries.map(({ id, event, data }) => [id, event, data])
  return { events, retries, error }
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
    ['1', 'é→😀', 'first é→😀\n second'],
    ['2', undefined, undefined],
    [undefined, undefined, ''],
    ['', undefined, 'x:y'],
    [undefined, undefined, 'after'],
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
      for (const chunks of cuts(bytes)) expect(await read(chunks)).toEqual({ events, retries: [42], error: undefined })
    },
  )

  it('may begin with one byte order mark, wherever that is cut', async () => {
    for (const chunks of cuts(encoder.encode('\uFEFFdata: 1\n\n'))) {
      expect((await read(chunks)).events).toEqual([[undefined, undefined, '1']])
    }
  })

  it('may begin with no more than one byte order mark', async () => {
    for (const chunks of cuts(encoder.encode('\uFEFF\uFEFFdata: 1\n\ndata: \uFEFF2\n\n'))) {
      expect((await read(chunks)).events).toEqual([[undefined, undefined, '\uFEFF2']])
    }
  })

  it('ends a line, and an event, at a CR without waiting for what follows', async () => {
    const stream = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 10 }, { highWaterMark: 10 })
    const writer = stream.writable.getWriter()
    const body = new Response(stream.readable, { headers: { 'Content-Type': 'text/event-stream' } })
    const events: Entry[] = []
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const done = connect(
      'https://example.test/',
      { fetch: () => Promise.resolve(body) },
      '',
      new AbortController().signal,
      {
        onOpen: () => {},
        onEntries(more) {
          events.push(...more)
          if (events.length > 0) resolve()
        },
        onRetry: () => {},
      },
    )
    await writer.write(encoder.encode('data: 1\r\r'))
    await arrived
    // The late LF belongs to the CR.
    await writer.write(encoder.encode('\ndata: 2\n\n'))
    await writer.close()
    await done
    expect(events.map(({ data }) => data)).toEqual(['1', '2'])
  })

  it('never gives out an event that it ends in, nor its id', async () => {
    for (const end of ['', 'd', 'data', 'data: 2', 'data: 2\n', 'data: 2\nid: b\n', 'id: b', 'id: b\r']) {
      expect((await read([`id: a\ndata: 1\n\n${end}`])).events, end).toEqual([['a', undefined, '1']])
    }
  })

  it('ignores an id that holds NUL', async () => {
    expect((await read(['id: a\n\nid: b\0\ndata: 1\n\n'])).events).toEqual([
      ['a', undefined, undefined],
      [undefined, undefined, '1'],
    ])
  })

  it('takes only digits for a retry', async () => {
    const values = ['-1', '+1', '1.5', '1e1', '1000x', '', ' ', '0x10', '٣', '0', '7', '0012', '99999999999999999999']
    const { retries } = await read(values.map((value) => `retry: ${value}\n`).concat('retry\n'))
    expect(retries).toEqual([0, 7, 12, 1e20])
  })

  it('replaces bytes that are no text', async () => {
    const { events } = await read([encoder.encode('data: '), Uint8Array.of(0xff, 0xc3), encoder.encode('\n\n')])
    expect(events).toEqual([[undefined, undefined, '\uFFFD\uFFFD']])
  })
})

describe('an event above maxEventSize', () => {
  const tooLarge = expect.objectContaining({ name: 'SSEError', code: 'too-large' }) as unknown

  it('is refused however it comes, and the events before it are not', async () => {
    const before = 'id: a\ndata: 1\n\n'
    const shapes: Record<string, string[]> = {
      'a line without an end': [`${before}data: `, 'x'.repeat(50), 'x'.repeat(51)],
      'one line in one chunk': [`${before}id: b\ndata: ${'x'.repeat(101)}\n\ndata: 2\n\n`],
      'one line in one chunk, with CRLF': [`${before}id: b\r\ndata: ${'x'.repeat(101)}\r\n\r\ndata: 2\r\n\r\n`],
      'many lines in one chunk': [`${before}${'data:\n'.repeat(102)}\ndata: 2\n\n`],
      'many lines in many chunks': [before, ...Array<string>(102).fill('data:\n'), '\n'],
    }
    for (const [shape, chunks] of Object.entries(shapes)) {
      const { events, error } = await read(chunks, { maxEventSize: 100 })
      expect(events, shape).toEqual([['a', undefined, '1']])
      expect(error, shape).toEqual(tooLarge)
    }
  })

  it('is one character longer than one that is accepted', async () => {
    const { events, error } = await read(
      [`data: ${'x'.repeat(100)}\n\n`, `data: ${'x'.repeat(60)}\ndata: ${'x'.repeat(39)}\n\n`],
      {
        maxEventSize: 100,
      },
    )
    expect(events.map(([, , data]) => data?.length)).toEqual([100, 100])
    expect(error).toBeUndefined()
  })

  it('is refused by default, also where it is two million tiny lines', async () => {
    const chunk = encoder.encode('data:xxxxxxx\n'.repeat(100_000))
    const chunks = Array<Uint8Array>(22).fill(chunk)
    const { events, error } = await read(chunks)
    expect(events).toEqual([])
    expect(error).toEqual(tooLarge)
  })

  it('does not count comments, unknown fields and other events', async () => {
    const { events, error } = await read(
      [`: ${'x'.repeat(500)}`, 'x'.repeat(500), `\nunknown: ${'x'.repeat(500)}\n`, 'data: 1234567\n\n'.repeat(50)],
      { maxEventSize: 100 },
    )
    expect(events).toHaveLength(50)
    expect(error).toBeUndefined()
  })
})

describe('a fetch of the user', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('is called as a function, as the global one must be', async () => {
    const receivers: unknown[] = []
    const { signal } = new AbortController()
    const options: EventStreamOptions = {
      fetch(this: unknown) {
        receivers.push(this)
        return answer([])()
      },
      headers(this: unknown) {
        receivers.push(this)
        return {}
      },
    }
    const callbacks = { onOpen: () => {}, onEntries: () => {}, onRetry: () => {} }
    await connect('/relative', options, '', signal, callbacks)
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
      const { signal } = new AbortController()
      const callbacks = { onOpen: () => {}, onEntries: () => {}, onRetry: () => {} }
      const done = connect('/', { fetch: () => Promise.resolve(response as Response) }, '', signal, callbacks)
      await expect(done).rejects.toMatchObject({ name: 'SSEError' })
    },
  )
})
