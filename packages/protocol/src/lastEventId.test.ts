import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeLastEventId, encodeLastEventId, MAX_LAST_EVENT_ID } from './lastEventId.ts'

describe('the last event ID as a header', () => {
  it('arrives as it was sent, or is left out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (id) => {
        const header = encodeLastEventId(id)
        if (!header) return
        // Throws for anything that a header cannot hold.
        const received = new Headers({ 'Last-Event-ID': header }).get('Last-Event-ID')
        expect(decodeLastEventId(received)).toBe(id.toWellFormed())
      }),
      { numRuns: 1000 },
    )
  })

  it('sends text beyond Latin-1 as its UTF-8 bytes, as browsers do', () => {
    expect(encodeLastEventId('é→😀')).toBe(
      [...new TextEncoder().encode('é→😀')].map((byte) => String.fromCharCode(byte)).join(''),
    )
    expect(decodeLastEventId(encodeLastEventId('100% é→😀'))).toBe('100% é→😀')
  })

  it('leaves out an id that a header cannot carry whole', () => {
    for (const id of [
      '',
      'a\nb',
      'a\rb',
      'a\0b',
      '\x7f',
      'a\x85',
      '\x9bb',
      ' a',
      'a ',
      'x'.repeat(MAX_LAST_EVENT_ID + 1),
    ]) {
      expect(encodeLastEventId(id), JSON.stringify(id)).toBe('')
    }
    expect(encodeLastEventId('é'.repeat(MAX_LAST_EVENT_ID))).toBe('')
  })

  it('believes nothing that is too long, not UTF-8, or holds a control character', () => {
    for (const value of [null, undefined, '', 'a\nb', 'a\0', '\xff', '\xc3', 'x'.repeat(MAX_LAST_EVENT_ID + 1)]) {
      expect(decodeLastEventId(value), JSON.stringify(value)).toBe('')
    }
    // U+0085 and U+009B, in UTF-8.
    for (const value of ['a\xc2\x85', '\xc2\x9bb']) expect(decodeLastEventId(value)).toBe('')
  })
})
