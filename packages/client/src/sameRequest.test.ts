import { describe, expect, it } from 'vitest'
import type { EventStreamOptions } from './options.ts'
import { isSameContent, isSameRequest, type Purpose } from './sameRequest.ts'

const purpose = (options: EventStreamOptions): Purpose => ({ url: '/a', options })

describe('isSameRequest', () => {
  const same: [EventStreamOptions, EventStreamOptions][] = [
    [{}, {}],
    [{ headers: { a: '1' } }, { headers: { a: '2' } }],
    [{ headers: () => ({}) }, {}],
    [{ fetch: globalThis.fetch }, { fetch: () => Promise.reject(new Error('no')) }],
    [{ body: { a: [1, { b: 2 }] } }, { body: { a: [1, { b: 2 }] } }],
    [{ body: 'a' }, { body: 'a', method: 'post' }],
    [{ body: new URLSearchParams('a=1') }, { body: new URLSearchParams('a=1') }],
    [{ body: new FormData() }, { body: new FormData() }],
    [{ body: new Blob(['a']) }, { body: new Blob(['b']) }],
    [{ body: { a: 1n } }, { body: { a: 1n } }],
    [{ body: undefined }, {}],
    [{ lastEventId: '1' }, { lastEventId: '2' }],
    [{ enabled: true }, {}],
  ]
  it.each(same)('takes %o and %o for the same', (a, b) => {
    expect(isSameRequest(purpose(a), purpose(b))).toBe(true)
  })

  it('takes two addresses for different, also with one and the same options', () => {
    const options = { headers: { a: '1' } }
    expect(isSameRequest({ url: '/a', options }, { url: '/b', options })).toBe(false)
  })

  const different: [EventStreamOptions, EventStreamOptions][] = [
    [{}, { method: 'POST' }],
    [{ body: { a: 1 } }, { body: { a: 2 } }],
    [{ body: [1] }, { body: [2] }],
    [{ body: '' }, {}],
    [{ body: '{}' }, { body: {} }],
    [{ body: new URLSearchParams('a=1') }, { body: new URLSearchParams('a=2') }],
    [{ body: new FormData() }, { body: new Blob(['a']) }],
    [{ credentials: 'include' }, {}],
    [{ enabled: false }, {}],
  ]
  it.each(different)('takes %o and %o for different', (a, b) => {
    expect(isSameRequest(purpose(a), purpose(b))).toBe(false)
  })

  it('tells URLs apart by what they say', () => {
    const at = (url: Purpose['url']): Purpose => ({ url, options: {} })
    expect(isSameRequest(at('https://example.test/'), at(new URL('https://example.test/')))).toBe(true)
    expect(isSameRequest(at('/a'), at('/b'))).toBe(false)
    for (const url of [null, undefined, false, ''] as const) {
      expect(isSameRequest(at(null), at(url))).toBe(true)
      expect(isSameRequest(at('/a'), at(url))).toBe(false)
    }
  })
})

describe('isSameContent', () => {
  it('does not ask how the request is made', () => {
    expect(isSameContent(purpose({ credentials: 'include' }), purpose({ enabled: false }))).toBe(true)
    expect(isSameContent(purpose({ body: 'a' }), purpose({ body: 'b' }))).toBe(false)
  })
})
