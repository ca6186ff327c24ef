import { encodeLastEventId, MAX_LAST_EVENT_ID } from '@tidewire/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSSE, getLastEventId, isSSEError, type SSEError, type SSEEvent } from './index.ts'
import { parseStrictly } from '../test/strictParser.ts'

describe('formatSSE', () => {
  it('writes each field on its own line and ends with an empty one', () => {
    expect(formatSSE({ event: 'tick', data: { now: 1 }, id: 'a', retry: 100, comment: 'why' })).toBe(
      ': why\nevent: tick\nid: a\nretry: 100\ndata: {"now":1}\n\n',
    )
  })

  it('sends strings as they are and other values as JSON', () => {
    const data = ['text', '"quoted"', 0, false, null, '', [1], { a: undefined }, new Date(0)].map((value) =>
      parseStrictly(formatSSE({ data: value })).events.map((event) => event.data),
    )
    expect(data.flat()).toEqual([
      'text',
      '"quoted"',
      '0',
      'false',
      'null',
      '',
      '[1]',
      '{}',
      '"1970-01-01T00:00:00.000Z"',
    ])
  })

  it('does not lose falsy values', () => {
    expect(formatSSE({ data: '', id: '', retry: 0, comment: '' })).toBe(': \nid: \nretry: 0\ndata: \n\n')
    expect(formatSSE({ data: 0, id: 0 })).toBe('id: 0\ndata: 0\n\n')
  })

  it('makes a block of id, retry or comment alone', () => {
    expect(formatSSE({ id: 7 })).toBe('id: 7\n\n')
    expect(formatSSE({ retry: 5 })).toBe('retry: 5\n\n')
    expect(formatSSE({ comment: 'hi' })).toBe(': hi\n\n')
    expect(parseStrictly(formatSSE({ id: 7, retry: 5, comment: 'hi' })).events).toEqual([])
  })

  it('takes a field that is undefined as left out', () => {
    expect(formatSSE({ event: undefined, id: undefined, retry: undefined, comment: undefined, data: 1 })).toBe(
      'data: 1\n\n',
    )
  })

  it('splits data and comments at CRLF, CR and LF, and at nothing else', () => {
    expect(formatSSE({ data: 'a\r\nb\rc\nd\n\re\u2028f\u0085g\vh\fi' })).toBe(
      'data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\u2028f\u0085g\vh\fi\n\n',
    )
    expect(formatSSE({ comment: 'a\rdata: b\n\nid: c\r\n' })).toBe(': a\n: data: b\n: \n: id: c\n: \n\n')
  })

  it('keeps white space and line ends at either end', () => {
    for (const data of [' a', '  ', '\n', 'a\n', '\n\na\n\n', '\ta ', ':', ': a', '\ufeffa']) {
      expect(parseStrictly(formatSSE({ data })).events, JSON.stringify(data)).toEqual([
        { type: 'message', data, lastEventId: '' },
      ])
    }
  })

  it('takes every id that a reader can resume from, and the empty one that clears its position', () => {
    for (const id of ['', 'a b', 'é→😀', 'x'.repeat(MAX_LAST_EVENT_ID), 'é'.repeat(MAX_LAST_EVENT_ID / 2)]) {
      const { lastEventId } = parseStrictly(formatSSE({ id }))
      expect(lastEventId).toBe(id)
      expect(getLastEventId({ headers: { 'last-event-id': encodeLastEventId(lastEventId) } })).toBe(id)
    }
  })

  it('replaces lone surrogates, as UTF-8 has none', () => {
    expect(formatSSE({ event: 'e\ud800', id: '\udc00', data: 'a\ud83d', comment: '\ud83db' })).toBe(
      ': \ufffdb\nevent: e\ufffd\nid: \ufffd\ndata: a\ufffd\n\n',
    )
    expect(formatSSE({ data: '😀' })).toBe('data: 😀\n\n')
  })
})

describe('an event that cannot be sent', () => {
  it.each([
    ['event', { event: 'a\nb', data: 1 }],
    ['event', { event: 'a\rb', data: 1 }],
    ['event', { event: 'a\0b', data: 1 }],
    ['event', { event: '', data: 1 }],
    ['event', { event: 7, data: 1 }],
    ['event', { event: null, data: 1 }],
    ['event', { event: 'sse.bye', data: 1 }],
    ['event', { event: 'sse.', data: 1 }],
    ['id', { id: 'a\n', data: 1 }],
    ['id', { id: '\r', data: 1 }],
    ['id', { id: 'a\0' }],
    ['id', { id: 'a\tb' }],
    ['id', { id: 'a\x7f' }],
    ['id', { id: 'a\x85' }],
    ['id', { id: ' a' }],
    ['id', { id: 'a ' }],
    ['id', { id: 'x'.repeat(MAX_LAST_EVENT_ID + 1) }],
    ['id', { id: 'é'.repeat(MAX_LAST_EVENT_ID / 2 + 1) }],
    ['id', { id: Number.NaN }],
    ['id', { id: Number.POSITIVE_INFINITY }],
    ['id', { id: null }],
    ['id', { id: 7n }],
    ['id', { id: { toString: () => 'a\nb' } }],
    ['retry', { retry: -1 }],
    ['retry', { retry: 1.5 }],
    ['retry', { retry: 2 ** 53 }],
    ['retry', { retry: Number.NaN }],
    ['retry', { retry: '1000' }],
    ['retry', { retry: '1\ndata: x' }],
    ['comment', { comment: 7 }],
    ['data', { data: undefined }],
    ['data', { event: 'tick' }],
    ['data', { data: () => 1 }],
    ['data', { data: Symbol('s') }],
    ['data', { data: 10n }],
    ['data', { data: { deep: [10n] } }],
    ['data', { data: { toJSON: () => undefined } }],
    ['data', { data: { toJSON: () => expect.fail('toJSON') } }],
    ['data', { data: Promise.resolve(1) }],
    ['data', { data: new ArrayBuffer(4) }],
    ['data', { data: new SharedArrayBuffer(4) }],
    ['data', { data: new Uint8Array(4) }],
    ['data', { data: new DataView(new ArrayBuffer(4)) }],
    ['data', { data: Buffer.from('text') }],
    ['data', { data: new Blob(['text']) }],
    ['data', { data: new File(['text'], 'a.txt') }],
    [undefined, {}],
    [undefined, { event: undefined, id: undefined }],
    [undefined, 'text'],
    [undefined, null],
    [undefined, undefined],
    [undefined, []],
  ])('is refused by the name of its field: %s in %o', (field, event) => {
    const error = refusalOf(event)
    expect(error).toMatchObject({ name: 'SSEError', code: 'invalid-event' })
    expect(error.field).toBe(field)
    expect(error.message).toMatch(/^Expected /)
  })

  it('is refused with what JSON.stringify said as the cause', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(refusalOf({ data: circular }).cause).toBeInstanceOf(TypeError)
    const reason = new Error('no')
    const throwing = {
      toJSON() {
        throw reason
      },
    }
    expect(refusalOf({ data: throwing }).cause).toBe(reason)
  })

  it('is shown shortly, whatever its size', () => {
    expect(refusalOf({ event: `${'x'.repeat(1e6)}\n`, data: 1 }).message.length).toBeLessThan(200)
    expect(refusalOf({ id: 10n ** 1000n }).message.length).toBeLessThan(200)
  })

  it('says what to do', () => {
    expect(refusalOf({ data: Promise.resolve(1) }).message).toContain('Await it first.')
    expect(refusalOf({ data: new Uint8Array(1) }).message).toContain('base64')
    expect(refusalOf({ data: undefined }).message).toContain('Send `null`')
    expect(refusalOf('text').message).toContain('{ data }')
  })
})

describe('text that tries to break out of its field', () => {
  // Each was an advisory of 2026 somewhere: a field that became a line, a line that became an event.
  const attacks = [
    'x\ndata: injected',
    'x\n\ndata: injected\n\n',
    'x\rdata: injected',
    'x\r\rdata: injected\r\r',
    'x\r\nevent: injected\r\ndata: y\r\n\r\n',
    '\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n',
    '\rid: 666',
    '\nretry: 1',
    ': \n: \n\n',
    'x\u2028data: y\u2029data: z',
    'x\u0000y',
    '\ufeffdata: x',
  ]

  it.each(attacks)('stays data: %j', (attack) => {
    const { events, retries } = parseStrictly(formatSSE({ event: 'safe', id: 'i', data: attack }))
    expect(events).toEqual([{ type: 'safe', data: attack.replace(/\r\n|\r/g, '\n'), lastEventId: 'i' }])
    expect(retries).toEqual([])
  })

  it.each(attacks)('stays JSON: %j', (attack) => {
    const { events } = parseStrictly(formatSSE({ data: { [attack]: attack } }))
    expect(events.map(({ data }) => JSON.parse(data))).toEqual([{ [attack]: attack }])
  })

  it.each(attacks)('stays a comment: %j', (attack) => {
    const parsed = parseStrictly(formatSSE({ comment: attack }))
    expect(parsed).toMatchObject({ events: [], retries: [], lastEventId: '' })
    expect(parsed.comments.join('\n')).toBe(attack.replace(/\r\n|\r/g, '\n'))
  })

  it.each(attacks.filter((attack) => /[\r\n\0]/.test(attack)))('is refused as a name or an id: %j', (attack) => {
    expect(refusalOf({ event: attack, data: 1 }).field).toBe('event')
    expect(refusalOf({ id: attack, data: 1 }).field).toBe('id')
    expect(refusalOf({ retry: attack, data: 1 }).field).toBe('retry')
  })
})

describe('any event', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('\r', '\n', '\r\n', ' ', ':', 'a', 'data: ', '\0', '\ufeff', '\ud800', '😀', 'sse.'))
      .map((parts) => parts.join('')),
  )
  const anyEvent = fc.record(
    {
      event: fc.oneof(text, fc.constant(undefined)),
      id: fc.oneof(text, fc.integer(), fc.double(), fc.constant(undefined)),
      retry: fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.constant(undefined)),
      comment: fc.oneof(text, fc.constant(undefined)),
      data: fc.oneof(text, fc.jsonValue(), fc.anything({ withBigInt: true, withDate: true, withTypedArray: true })),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<SSEEvent>

  const sound = anyEvent.filter((event) => refusedFields(event).length === 0)
  const unsound = anyEvent.filter((event) => refusedFields(event).length > 0)

  it('parses back as exactly that event if it is sound', () => {
    fc.assert(
      fc.property(sound, (event) => {
        expect(parseStrictly(formatSSE(event))).toEqual(expectation([event]))
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused by the name of a field if it is not', () => {
    fc.assert(
      fc.property(unsound, (event) => {
        expect(refusedFields(event)).toContain(refusalOf(event).field)
      }),
      { numRuns: 2000 },
    )
  })

  it('parses back as one of a stream of exactly those', () => {
    fc.assert(
      fc.property(fc.array(sound), (events) => {
        expect(parseStrictly(events.map((event) => formatSSE(event)).join(''))).toEqual(expectation(events))
      }),
      { numRuns: 500 },
    )
  })
})

function refusalOf(event: unknown): SSEError {
  try {
    formatSSE(event as SSEEvent)
  } catch (error) {
    if (isSSEError(error)) return error
    throw error
  }
  throw new Error('The event was formatted.')
}

/** Which fields the rules refuse, said a second time and otherwise. */
function refusedFields(event: SSEEvent): (string | undefined)[] {
  const { event: name, data, id, retry, comment } = event
  const fields: (string | undefined)[] = []
  if (name !== undefined && (name === '' || name.startsWith('sse.') || hasUnsafe(name))) fields.push('event')
  if (typeof id === 'string' ? !isPosition(id) : id !== undefined && !Number.isFinite(id)) fields.push('id')
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) fields.push('retry')
  if (('data' in event || name !== undefined) && typeof data !== 'string' && jsonOf(data) === undefined) {
    fields.push('data')
  }
  if (!('data' in event) && [name, id, retry, comment].every((field) => field === undefined)) fields.push(undefined)
  return fields
}

function isPosition(id: string): boolean {
  return !id.startsWith(' ') && !id.endsWith(' ') && !/\p{Cc}/u.test(id) && Buffer.byteLength(id) <= MAX_LAST_EVENT_ID
}

function hasUnsafe(text: string): boolean {
  return ['\r', '\n', '\0'].some((char) => text.includes(char))
}

function jsonOf(value: unknown): string | undefined {
  if (value instanceof Promise || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined
  try {
    return typeof (value as { then?: unknown } | null)?.then === 'function' ? undefined : JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** What a reader must make of sound events. */
function expectation(sent: SSEEvent[]): ReturnType<typeof parseStrictly> {
  let lastEventId = ''
  const events = []
  for (const event of sent) {
    if (event.id !== undefined) lastEventId = String(event.id).toWellFormed()
    if (!('data' in event)) continue
    const data = typeof event.data === 'string' ? normalize(event.data) : JSON.stringify(event.data)
    events.push({ type: event.event?.toWellFormed() ?? 'message', data, lastEventId })
  }
  return {
    events,
    lastEventId,
    retries: sent.flatMap(({ retry }) => (retry === undefined ? [] : [Math.abs(retry)])),
    comments: sent.flatMap(({ comment }) => (comment === undefined ? [] : normalize(comment).split('\n'))),
  }
}

function normalize(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').toWellFormed()
}
