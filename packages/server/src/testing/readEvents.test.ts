import { describe, expect, it, vi } from 'vitest'
import { createSSEStream, type SSESource } from '@tidewire/server'
import { readEvents } from './index.ts'

/** A response of these chunks, which stays open unless it is told to end. */
function respond(chunks: Iterable<string | Uint8Array>, { isOver = true } = {}) {
  const cancel = vi.fn()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)
      if (isOver) controller.close()
    },
    cancel,
  })
  return { response: new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }), cancel }
}

const serve = (source: SSESource) => createSSEStream(source, { request: new Request('http://a/') }).toResponse()

describe('readEvents', () => {
  it('reads what a stream of ours sends', async () => {
    const response = serve(async function* () {
      yield { event: 'tick', id: '1', data: { n: 1 } }
      yield { data: 'two\nlines' }
    })
    const reader = readEvents(response)
    expect(await reader.rest()).toEqual([
      { event: 'tick', data: { n: 1 }, id: '1', text: '{"n":1}' },
      { event: 'message', data: 'two\nlines', id: undefined, text: 'two\nlines' },
      { event: 'sse.bye', data: { reason: 'complete' }, id: undefined, text: '{"reason":"complete"}' },
    ])
    expect(reader.lastEventId).toBe('1')
  })

  it('reads the same, however the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(
      '\uFEFF: hello\r\ndata: é→😀\r\rid: 7\n\nevent:a\r\ndata\r\ndata:  b\r\n\r\nretry: 50\ndata: cut off',
    )
    const cuts = Array.from({ length: bytes.length }, (_, at) => [bytes.slice(0, at), bytes.slice(at)])
    for (const chunks of [...cuts, Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const heard: unknown[] = []
      const reader = readEvents(respond(chunks).response, {
        onComment: (text) => heard.push(text),
        onRetry: (delay) => heard.push(delay),
      })
      expect(await reader.rest()).toEqual([
        { event: 'message', data: 'é→😀', id: undefined, text: 'é→😀' },
        { event: 'a', data: '\n b', id: undefined, text: '\n b' },
      ])
      expect(reader.lastEventId).toBe('7')
      expect(heard).toEqual(['hello', 50])
    }
  })

  it('keeps to the words of the standard', async () => {
    const lines = ['id: a\0b', 'retry: 1.5', 'data', '', 'event: b', '', 'id', 'data:', '', 'foo: 1', 'Data: 2', '', '']
    const onRetry = vi.fn()
    const events = await readEvents(respond([lines.join('\n')]).response, { onRetry }).rest()
    expect(events.map(({ event, text, id }) => [event, text, id])).toEqual([
      ['message', '', undefined],
      ['message', '', ''],
    ])
    expect(onRetry).not.toHaveBeenCalled()
  })

  it('leaves the response with the end of a loop', async () => {
    const { response, cancel } = respond(['data: 1\n\ndata: 2\n\n'], { isOver: false })
    for await (const { data } of readEvents(response)) {
      expect(data).toBe(1)
      break
    }
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('leaves the response after as many events as the limit says', async () => {
    const { response, cancel } = respond(['data: 1\n\ndata: 2\n\n', 'data: 3\n\n'], { isOver: false })
    const reader = readEvents(response, { limit: 2 })
    expect((await reader.rest()).map(({ data }) => data)).toEqual([1, 2])
    expect(await reader.next()).toEqual({ done: true, value: undefined })
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('takes some events, and then some more', async () => {
    const { response } = respond(['data: 1\n\ndata: 2\n\ndata: 3\n\n'])
    const reader = readEvents(response)
    expect((await reader.take(1)).map(({ data }) => data)).toEqual([1])
    expect((await reader.take(0)).map(({ data }) => data)).toEqual([])
    expect((await reader.take(5)).map(({ data }) => data)).toEqual([2, 3])
  })

  it('gives up its wait when the signal is aborted', async () => {
    const { response, cancel } = respond(['data: 1\n\n'], { isOver: false })
    const controller = new AbortController()
    const reader = readEvents(response, { signal: controller.signal })
    await reader.take(1)
    const waiting = reader.next()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(reader.next()).rejects.toBe(reason)
    expect(cancel).toHaveBeenCalledWith(reason)
    const late = respond([])
    await expect(readEvents(late.response, { signal: controller.signal }).next()).rejects.toBe(reason)
  })

  it('ends whoever waits when it is closed', async () => {
    const { response, cancel } = respond([], { isOver: false })
    const reader = readEvents(response)
    const waiting = reader.rest()
    await Promise.all([reader.close(), reader.close()])
    expect(await waiting).toEqual([])
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('passes on how a response breaks', async () => {
    const failure = new Error('cut')
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(failure) })
    const response = new Response(body, { headers: { 'content-type': 'TEXT/Event-Stream ; charset=utf-8' } })
    await expect(readEvents(response).rest()).rejects.toBe(failure)
  })

  it('holds no more of an event than it may', async () => {
    const { response, cancel } = respond(['data: 1\n\ndata: ', 'x'.repeat(50), 'y'.repeat(50)], { isOver: false })
    const reader = readEvents(response, { maxEventSize: 100 })
    expect(await reader.take(1)).toHaveLength(1)
    await expect(reader.next()).rejects.toThrow('Expected an event of at most 100 characters.')
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('refuses a response that is no event stream', () => {
    const refused = (body: string | null, init: ResponseInit) => () => readEvents(new Response(body, init))
    expect(refused('no', { status: 403 })).toThrow('Expected an event stream, got 403 text/plain;charset=UTF-8.')
    expect(refused(null, { status: 204 })).toThrow('Expected an event stream, got 204 without a type.')
    expect(refused('{}', { headers: { 'Content-Type': 'application/json' } })).toThrow('got 200 application/json')
  })

  it('refuses a limit that makes no sense', () => {
    for (const limit of [0, -1, Number.NaN]) {
      const { response } = respond([])
      expect(() => readEvents(response, { limit })).toThrow(
        new TypeError(`Expected \`limit\` to be at least 1, got ${limit}.`),
      )
    }
  })
})
