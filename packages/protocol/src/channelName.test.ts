import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelName, isChannelName, MAX_CHANNEL_NAME } from './channelName.ts'
import { compilePattern } from './channelPattern.ts'

/** Text in which what a name must encode, or could be taken for encoded, is frequent. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '%',
      '/',
      '#',
      '\0',
      '\n',
      '\x1f',
      '\x7f',
      '\x80',
      '\x9f',
      '\xa0',
      ':',
      '.',
      '%2F',
      '%2f',
      '%41',
      'é',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 12,
})

describe('a name of a channel', () => {
  it('is made of segments that say anything', () => {
    const names = [
      'news',
      'orders/42',
      'a b/c',
      'room:7',
      ':id',
      '*',
      'é',
      'e\u0301',
      '日本',
      '😀',
      '\xa0',
      '.',
      '../..',
      '~',
    ]
    for (const name of names) expect(isChannelName(name), name).toBe(true)
  })

  it.each([
    ...['', '/', '/a', 'a/', 'a//b', '//'],
    ...['#', 'a#b', 'a\nb', 'a\rb', '\0', '\x1f', '\x7f', '\x80', '\x9f', 'a/\x85'],
    ...['\ud800', 'a\udc00', '\udc00\ud800'],
    ...['%', '%2', '%zz', '%%', '%2g', '%C2', '%C2%', '%C2%8', '%FF', '%C2%C0'],
  ])('is not %j', (text) => {
    expect(isChannelName(text)).toBe(false)
  })

  it.each([
    ['%25', ['%']],
    ['%2F', ['%2f']],
    ['%23', ['#']],
    ['%00', ['\0', '%C0%80']],
    ['%1F', ['%1f', '\x1f']],
    ['%7F', ['%7f', '\x7f']],
    ['%C2%80', ['%c2%80', '%80', '\x80']],
    ['%C2%9F', ['%C2%9f', '%9F']],
    ['A', ['%41']],
    ['é', ['%C3%A9']],
    [' ', ['%20']],
    ['\xa0', ['%C2%A0']],
    ['😀', ['%F0%9F%98%80']],
  ])('spells %j so and in no other way', (name, others) => {
    expect(isChannelName(name)).toBe(true)
    for (const other of others) expect(isChannelName(other), other).toBe(false)
  })

  it('has one spelling, which is the one that is written', () => {
    let names = 0
    fc.assert(
      fc.property(texts, (text) => {
        if (!isChannelName(text)) return
        names++
        const segments = Object.entries(text.split('/').map(decodeURIComponent))
        const pattern = segments.map(([index]) => `:${index}`).join('/')
        expect(channelName<string>(pattern, Object.fromEntries(segments))).toBe(text)
      }),
      { numRuns: 10_000 },
    )
    expect(names).toBeGreaterThan(500)
  })

  it('is as long as its bytes in UTF-8', () => {
    for (const [unit, bytes] of [
      ['a', 1],
      ['é', 2],
      ['→', 3],
      ['😀', 4],
    ] as const) {
      const most = Math.floor(MAX_CHANNEL_NAME / bytes)
      expect(isChannelName(unit.repeat(most)), unit).toBe(true)
      expect(isChannelName(unit.repeat(most + 1)), unit).toBe(false)
    }
  })

  it('is refused as fast where it is a megabyte', () => {
    const megabytes = ['a', '/', 'a/', '%', '%25', '😀'].map((unit) => unit.repeat(2 ** 20 / unit.length))
    const start = performance.now()
    let taken = 0
    for (let round = 0; round < 2000; round++) taken += megabytes.filter(isChannelName).length
    // To read all twelve gigabytes would take ten seconds and more.
    expect(performance.now() - start).toBeLessThan(2000)
    expect(taken).toBe(0)
  })
})

describe('channelName', () => {
  it('puts parameters into a pattern', () => {
    expect(channelName('news', {})).toBe('news')
    expect(channelName('orders/:id', { id: 'é 42?&=+' })).toBe('orders/é 42?&=+')
    expect(channelName(':a/x/:b', { a: '..', b: ':b' })).toBe('../x/:b')
    expect(channelName('orders/:id', { id: 'a/b#c%2F\n\x85' })).toBe('orders/a%2Fb%23c%252F%0A%C2%85')
  })

  it('takes numbers as text spells them', () => {
    expect(channelName('orders/:id', { id: 42 })).toBe('orders/42')
    expect(channelName('orders/:id', { id: 0 })).toBe('orders/0')
    expect(channelName('orders/:id', { id: 2n ** 64n })).toBe('orders/18446744073709551616')
  })

  it('gives a name whose pattern gives the parameters back', () => {
    const pattern = compilePattern('orders/:id/:__proto__/x')
    fc.assert(
      fc.property(texts, texts, (id, proto) => {
        fc.pre(id.isWellFormed() && proto.isWellFormed())
        const params = Object.fromEntries([
          ['id', id],
          ['__proto__', proto],
        ])
        const name = channelName<string>(pattern.pattern, params)
        expect(isChannelName(name)).toBe(true)
        expect(Object.entries(pattern.match(name) ?? {})).toEqual(Object.entries(params))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['', '""'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [true, 'true'],
    [{}, '[object Object]'],
    ['\ud800', String.raw`"\ud800"`],
  ])('refuses %j for a parameter', (id, got) => {
    expect(() => channelName<string>('orders/:id', { id: id as string })).toThrow(
      new TypeError(`Expected the parameter \`id\` to be well-formed text that is not empty, got ${got}.`),
    )
  })

  it('takes no parameter from a prototype', () => {
    expect(() => channelName<string>('orders/:constructor', {})).toThrow(/`constructor`.*got undefined/)
    expect(() => channelName<string>('orders/:__proto__', {})).toThrow(/`__proto__`.*got undefined/)
  })

  it('refuses to give what is no name', () => {
    expect(() => channelName('orders/:id', { id: 'x'.repeat(250) })).toThrow(
      new TypeError(
        'Expected "orders/:id" to give a name of at most 256 bytes, without an empty segment and with "%" written as "%25", ' +
          `got "orders/${'x'.repeat(53)}…".`,
      ),
    )
    for (const pattern of ['', 'orders/', 'orders//:id', '100%/:id', '#/:id']) {
      expect(() => channelName<string>(pattern, { id: 1 }), pattern).toThrow(TypeError)
    }
  })
})
