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

  it('is taken as it is where the runtime of the server has decoded it', () => {
    for (const id of ['é', 'Zoë-7', '→', 'é→😀', 'é'.repeat(MAX_LAST_EVENT_ID / 2)]) {
      expect(decodeLastEventId(id), JSON.stringify(id)).toBe(id)
    }
  })

  it('is UTF-8 where it can be, and nothing is believed that could not have been sent in UTF-8', () => {
    const character = fc.oneof(
      fc.constantFrom('a', ' ', 'Ã©', 'â', '\x80', '\xc2', '\ud800'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    )
    fc.assert(
      fc.property(fc.string({ unit: character }), (value) => {
        const id = decodeStrictly(value) ?? value.toWellFormed()
        expect(decodeLastEventId(value)).toBe(encodeLastEventId(id) === '' ? '' : id)
      }),
      { numRuns: 1000 },
    )
  })

  it('is not believed where it is too long or holds a control character', () => {
    const tooLong = ['x'.repeat(MAX_LAST_EVENT_ID + 1), 'é'.repeat(MAX_LAST_EVENT_ID / 2 + 1), '→'.repeat(342)]
    for (const value of [null, undefined, '', 'a\nb', 'a\0', '→\n', 'a\x85', '→\x9b', ...tooLong]) {
      expect(decodeLastEventId(value), JSON.stringify(value)).toBe('')
    }
    // U+0085 and U+009B, in UTF-8.
    for (const value of ['a\xc2\x85', '\xc2\x9bb']) expect(decodeLastEventId(value)).toBe('')
  })
})

/** Decodes characters that are the bytes of UTF-8; undefined for any other. */
function decodeStrictly(value: string): string | undefined {
  if (/[^\0-\xff]/.test(value)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return undefined
  }
}
