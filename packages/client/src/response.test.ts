import { isSSEError, type SSEError } from '@tidewire/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventStreamBody } from './response.ts'

afterEach(() => {
  vi.useRealTimers()
})

const respond = (type: string | undefined, init: ResponseInit = {}) => {
  const cancel = vi.fn()
  const response = new Response(new ReadableStream({ cancel }), init)
  if (type !== undefined) response.headers.set('Content-Type', type)
  return { response, cancel }
}

const refusal = (response: Response): SSEError => {
  try {
    eventStreamBody(response)
  } catch (error) {
    if (isSSEError(error)) return error
  }
  throw new Error('It was accepted.')
}

describe('eventStreamBody', () => {
  it.each([
    'text/event-stream',
    'TEXT/Event-Stream; charset=x',
    'text/event-stream;charset=utf-8',
    'text/event-stream ;foo',
    ' text/event-stream\t',
  ])('takes %j for an event stream', (type) => {
    const { response } = respond(type)
    expect(eventStreamBody(response)).toBe(response.body)
  })

  it.each([
    undefined,
    '',
    'text/html',
    'text/event-streamx',
    'xtext/event-stream',
    'text/event-stream+json',
    'text/plain',
  ])('refuses %j, and cancels the body', (type) => {
    const { response, cancel } = respond(type)
    expect(refusal(response)).toMatchObject({ code: 'content-type', status: 200 })
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it.each([201, 202, 206, 400, 401, 404, 429, 500])('refuses an event stream with the status %i', (status) => {
    const { response, cancel } = respond('text/event-stream', { status })
    expect(refusal(response)).toMatchObject({ code: 'http-status', status })
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it('reads Retry-After as seconds or as a date, and nothing else', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-21T00:00:00Z') })
    const cases: [string | undefined, number | undefined][] = [
      ['2', 2000],
      ['Sat, 21 Nov 2026 00:00:05 GMT', 5000],
      ['Sat, 21 Nov 2020 00:00:05 GMT', undefined],
      ['0', undefined],
      ['-5', undefined],
      ['soon', undefined],
      ['Infinity', undefined],
      ['1e3', undefined],
      ['0x7', undefined],
      ['1.5', undefined],
      ['+7', undefined],
      ['', undefined],
      [undefined, undefined],
    ]
    for (const [value, wait] of cases) {
      const { response } = respond('text/html', {
        status: 503,
        headers: value === undefined ? {} : { 'Retry-After': value },
      })
      expect(refusal(response).retryAfter, value).toBe(wait)
    }
  })
})
