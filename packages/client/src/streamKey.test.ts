import { describe, expect, it } from 'vitest'
import { keyOf } from './streamKey.ts'
import type { AnyOptions } from './stream.ts'

const key = (options: AnyOptions & { linger?: number } = {}, url = '/a') => keyOf({ url, options })

describe('what a stream is shared by', () => {
  it.each<[string, AnyOptions]>([
    ['callbacks', { onEvent: () => {}, onMessage: () => {}, onOpen: () => {}, onClose: () => {}, on: { a: () => {} } }],
    ['callbacks for what goes wrong', { onError: () => {}, onGap: () => {} }],
    ['options that are undefined', { headers: undefined, recent: undefined }],
  ])('is not %s', (_, options) => {
    expect(key(options)).toBe(key())
  })

  it('is not how long it lingers', () => {
    expect(key({ linger: 5000 })).toBe(key())
  })

  it('is what headers say, however they are given, and not which object says it', () => {
    expect(key({ headers: { a: '1' } })).toBe(key({ headers: { a: '1' } }))
    expect(key({ headers: new Headers({ a: '1' }) })).toBe(key({ headers: new Headers({ A: '1' }) }))
    expect(key({ headers: { a: '1' } })).not.toBe(key({ headers: { a: '2' } }))
    expect(key({ headers: { a: '1' } })).not.toBe(key())
  })

  it('is each of its other options, in any order', () => {
    const others: AnyOptions[] = [
      { credentials: 'include' },
      { recent: 1 },
      { lastEventId: 'a' },
      { heartbeat: false },
      { retry: false },
      { retry: { delay: 1 } },
      { parse: 'json' },
      { initialData: 0 },
      { initialData: '0' },
      { initialData: null },
      { initialData: [] },
      { initialData: {} },
    ]
    const keys = others.map((options) => key(options))
    expect(new Set([key(), ...keys]).size).toBe(others.length + 1)
    expect(key({ recent: 1, parse: 'json' })).toBe(key({ parse: 'json', recent: 1 }))
  })

  it('is a function by reference', () => {
    const parse = (text: string) => text
    expect(key({ parse })).toBe(key({ parse }))
    expect(key({ parse })).not.toBe(key({ parse: (text: string) => text }))
    expect(key({ parse: { a: parse } })).toBe(key({ parse: { a: parse } }))
  })

  it('is what is no data by reference, also where it could be written as data', () => {
    const [one, other] = [new Date(0), new Date(0)]
    expect(key({ initialData: one })).toBe(key({ initialData: one }))
    expect(key({ initialData: one })).not.toBe(key({ initialData: other }))
    expect(key({ initialData: one })).not.toBe(key({ initialData: one.toJSON() }))
    expect(key({ initialData: new Map([[1, 2]]) })).not.toBe(key({ initialData: new Map([[1, 3]]) }))
  })

  it('tells numbers apart that JSON does not know', () => {
    const keys = [NaN, Infinity, -Infinity, null].map((initialData) => key({ initialData }))
    expect(new Set(keys).size).toBe(4)
  })

  it('is its URL, as text', () => {
    const at = (url: string | URL) => keyOf({ url, options: {} })
    expect(at('https://example.test/')).toBe(at(new URL('https://example.test/')))
    expect(at('/a')).not.toBe(at('/b'))
  })

  it('cannot be forged by text that looks like a part of it', () => {
    const parse = (text: string) => text
    const shared = key({ initialData: parse })
    const reference = /\\u0000\d+/.exec(shared ?? '')?.[0]
    expect(reference).toBeDefined()
    expect(key({ lastEventId: '","recent' })).not.toBe(key({ lastEventId: '', recent: 1 }))
    expect(key({ headers: { a: '1","b":"2' } })).not.toBe(key({ headers: { a: '1', b: '2' } }))
    expect(key({}, '/a",[["recent",1]]]')).not.toBe(key({ recent: 1 }))
  })

  it.each<[string, AnyOptions]>([
    ['a body', { body: {} }],
    ['another method', { method: 'PUT' }],
    ['no wish to connect', { enabled: false }],
  ])('is nothing where there is %s: it is its owner’s alone', (_, options) => {
    expect(key(options)).toBeUndefined()
    expect(keyOf({ url: null, options: {} })).toBeUndefined()
  })

  it('is nothing where data cannot be compared', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(key({ initialData: circular })).toBeUndefined()
    expect(key({ initialData: { big: 1n } })).toBeUndefined()
  })
})

describe('what a stream is shared by that is waited for', () => {
  const waiting = (options: AnyOptions) => keyOf({ url: '/a', options: { ...options, suspense: true } })

  it('is what headers say, as they may be those of somebody else', () => {
    const as = (token: string) => waiting({ headers: () => ({ Authorization: token }) })
    expect(as('A')).toBe(as('A'))
    expect(as('A')).not.toBe(as('B'))
    expect(as('A')).toBe(waiting({ headers: { Authorization: 'A' } }))
  })

  it('is any other function by reference, as it may know who asks, or for what', () => {
    for (const name of ['fetch', 'transport', 'resolveURL', 'reduce', 'parse', 'until']) {
      const inline = () => waiting({ [name]: () => 1 })
      expect(inline()).not.toBe(inline())
    }
    const later = () => waiting({ headers: () => Promise.reject(new Error('Not yet.')) })
    expect(later()).not.toBe(later())
  })
})
