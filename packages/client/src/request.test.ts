import { describe, expect, it } from 'vitest'
import type { RequestOptions } from './options.ts'
import { methodOf, requestInit } from './request.ts'

const { signal } = new AbortController()
const build = (options: RequestOptions, headers?: HeadersInit, lastEventId = '') => {
  const init = requestInit(options, headers, lastEventId, signal)
  return { ...init, headers: Object.fromEntries(new Headers(init.headers)) }
}

describe('requestInit', () => {
  it('asks for an event stream, past every cache', () => {
    expect(build({})).toEqual({
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      cache: 'no-store',
      signal,
    })
  })

  it('posts a body, and says what it is', () => {
    const form = new FormData()
    const params = new URLSearchParams('a=1')
    const nothing = Object.assign(Object.create(null) as object, { a: 1 }) as Record<string, unknown>
    const cases: [RequestOptions['body'], BodyInit, string | undefined][] = [
      ['{"a":1}', '{"a":1}', 'application/json'],
      ['', '', 'application/json'],
      [{ a: 1 }, '{"a":1}', 'application/json'],
      [[1, 2], '[1,2]', 'application/json'],
      [nothing, '{"a":1}', 'application/json'],
      [form, form, undefined],
      [params, params, undefined],
    ]
    for (const [body, sent, type] of cases) {
      const init = build({ body })
      expect(init).toMatchObject({ method: 'POST', body: sent })
      expect(init.headers['content-type']).toBe(type)
    }
  })

  it('lets the caller say what a body is, and what is accepted', () => {
    const init = build({ body: 'a' }, { 'content-type': 'text/plain', ACCEPT: '*/*' })
    expect(init.headers).toEqual({ 'content-type': 'text/plain', accept: '*/*' })
  })

  it('sends cookies as it is told to', () => {
    expect(build({ credentials: 'include' }).credentials).toBe('include')
    // What `fetch` does by itself: to the same origin.
    expect(new Request('https://example.test/', requestInit({}, undefined, '', signal)).credentials).toBe('same-origin')
  })

  it('leaves the headers of the caller as they were', () => {
    const headers = new Headers({ 'X-Token': 'a' })
    build({ body: 'a' }, headers, '1')
    expect([...headers]).toEqual([['x-token', 'a']])
  })

  it('sends the position as its UTF-8 bytes, and leaves out what no header can carry', () => {
    expect(build({}, {}, 'é').headers['last-event-id']).toBe('\u00c3\u00a9')
    expect(build({}, {}, 'a').headers['last-event-id']).toBe('a')
    for (const id of ['', 'a\u0001b', ' a', 'x'.repeat(2000)]) {
      expect(build({}, {}, id).headers, id).not.toHaveProperty('last-event-id')
    }
  })

  it('throws for headers that cannot be sent', () => {
    expect(() => build({}, { 'X-Token': 'a\nb' })).toThrow(TypeError)
    expect(() => build({}, { 'not a name': 'a' })).toThrow(TypeError)
  })
})

describe('methodOf', () => {
  it('is GET without a body and POST with one, unless it is given', () => {
    expect(methodOf({})).toBe('GET')
    expect(methodOf({ body: undefined })).toBe('GET')
    expect(methodOf({ body: '' })).toBe('POST')
    expect(methodOf({ method: 'put', body: 'a' })).toBe('PUT')
    expect(methodOf({ method: 'get' })).toBe('GET')
  })
})
