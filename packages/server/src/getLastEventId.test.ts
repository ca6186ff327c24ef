import { describe, expect, it } from 'vitest'
import { getLastEventId } from './index.ts'

function ask(headers: Record<string, string>, url = 'http://localhost/'): string {
  return getLastEventId(new Request(url, { headers }))
}

describe('getLastEventId', () => {
  it('reads the header of a Request', () => {
    expect(ask({ 'Last-Event-ID': 'a.7' })).toBe('a.7')
  })

  it('reads the header of an IncomingMessage', () => {
    expect(getLastEventId({ headers: { 'last-event-id': 'a.7' }, url: '/' })).toBe('a.7')
  })

  it('reads the query where there is no header', () => {
    expect(ask({}, 'http://localhost/?x=1&lastEventId=a%2F7%20%C3%A9')).toBe('a/7 é')
    expect(getLastEventId({ headers: {}, url: '/events?lastEventId=a.7' })).toBe('a.7')
  })

  it('takes the query from its first question mark to the fragment', () => {
    expect(getLastEventId({ headers: {}, url: '/x?lastEventId=a?b' })).toBe('a?b')
    expect(getLastEventId({ headers: {}, url: '/x?redirect=/a?b&lastEventId=5' })).toBe('5')
    expect(getLastEventId({ headers: {}, url: '/x?lastEventId=5#part?lastEventId=6' })).toBe('5')
    expect(getLastEventId({ headers: {}, url: '/x#part?lastEventId=6' })).toBe('')
  })

  it('prefers the header, since a native reconnection repeats its first query', () => {
    expect(ask({ 'Last-Event-ID': 'new' }, 'http://localhost/?lastEventId=old')).toBe('new')
  })

  it('decodes the bytes of the header as UTF-8', () => {
    expect(getLastEventId({ headers: { 'last-event-id': Buffer.from('é→😀').toString('latin1') } })).toBe('é→😀')
  })

  it('is empty where there is none', () => {
    expect(ask({})).toBe('')
    expect(getLastEventId({ headers: {} })).toBe('')
    expect(ask({ 'Last-Event-ID': '' }, 'http://localhost/?lastEventId=')).toBe('')
  })

  it('believes nothing that is too long or holds a control character', () => {
    expect(ask({ 'Last-Event-ID': 'x'.repeat(1025) })).toBe('')
    expect(ask({}, `http://localhost/?lastEventId=${'x'.repeat(1025)}`)).toBe('')
    expect(ask({}, 'http://localhost/?lastEventId=a%0Ab')).toBe('')
    expect(ask({}, 'http://localhost/?lastEventId=a%00')).toBe('')
    expect(ask({}, 'http://localhost/?lastEventId=a%C2%85b')).toBe('')
    expect(ask({ 'Last-Event-ID': 'a\xc2\x9bb' })).toBe('')
    expect(getLastEventId({ headers: { 'last-event-id': ['a', 'b'] } })).toBe('')
  })

  it.each(['//', '*', '?', 'http://[', '/%', '/?lastEventId', '/?lastEventId=%', ''])(
    'survives the request target %j',
    (url) => {
      expect(getLastEventId({ headers: {}, url })).toMatch(/^%?$/)
    },
  )
})
