import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPosition, parsePosition } from './position.ts'

const epochs = fc.stringMatching(/^[\w-]{1,64}$/)

describe('a position', () => {
  it('is read as it was written', () => {
    expect(formatPosition({ epoch: 'k3_-Z', seq: 42 })).toBe('k3_-Z.42')
    fc.assert(
      fc.property(epochs, fc.maxSafeNat(), (epoch, seq) => {
        expect(parsePosition(formatPosition({ epoch, seq }))).toEqual({ epoch, seq })
      }),
      { numRuns: 1000 },
    )
    expect(parsePosition(`e.${Number.MAX_SAFE_INTEGER}`)).toEqual({ epoch: 'e', seq: 2 ** 53 - 1 })
    expect(parsePosition('0.0')).toEqual({ epoch: '0', seq: 0 })
  })

  it('has one spelling', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '9', '_', '-', '.', '+', ' ', '\n'), maxLength: 8 })
    let taken = 0
    fc.assert(
      fc.property(texts, (text) => {
        const position = parsePosition(text)
        if (!position) return
        taken++
        expect(formatPosition(position)).toBe(text)
      }),
      { numRuns: 10_000 },
    )
    expect(taken).toBeGreaterThan(0)
  })

  it.each([
    ...['', '.', 'e', '42', 'e.', '.42', 'e42', 'e.f', 'e.4.2', 'e..42', 'a.b.42'],
    ...['e.-1', 'e.-0', 'e.+1', 'e.042', 'e.00', 'e.1.0', 'e.1e3', 'e.0x1f', 'e.1_000', 'e.1n'],
    ...['e.NaN', 'e.Infinity', 'e.null', 'e.undefined'],
    ...[' e.42', 'e .42', 'e. 42', 'e.42 ', 'e.42\n', '\ne.42', 'e.42\0', 'e\0.42', 'f\ne.42'],
    ...['e.٤٢', 'e.\uff14\uff12', 'e.४२', 'é.42', 'e\u0301.42', 'ſ.42', '\u212a.42', '😀.42', '\ud800.42'],
    ...['e/f.42', 'e:f.42', 'e#f.42', 'e%2E.42', 'e,f.42'],
    ...['e.9007199254740992', 'e.9999999999999999', 'e.90071992547409910'],
    `${'e'.repeat(65)}.42`,
  ])('is not %j', (text) => {
    expect(parsePosition(text)).toBeUndefined()
  })

  it('refuses a megabyte as fast as a word', () => {
    const megabytes = ['e', '9', '.', 'e.', ' '].map((unit) => unit.repeat(2 ** 20 / unit.length))
    const texts = [...megabytes, ...megabytes.map((text) => `e.${text}`), ...megabytes.map((text) => `${text}.1`)]
    const start = performance.now()
    let taken = 0
    for (let round = 0; round < 1000; round++) taken += texts.filter((text) => parsePosition(text)).length
    // To read all fifteen gigabytes would take ten seconds and more.
    expect(performance.now() - start).toBeLessThan(2000)
    expect(taken).toBe(0)
  })
})
