import { describe, expect, it } from 'vitest'
import { compilePattern } from './channelPattern.ts'

describe('a pattern', () => {
  it('gives the parameters of the names that fit it', () => {
    const { match, pattern, segments } = compilePattern('orders/:id/items/:item_2')
    expect(pattern).toBe('orders/:id/items/:item_2')
    expect(segments).toEqual(['orders', ':id', 'items', ':item_2'])
    expect({ ...match('orders/42/items/a%2Fb') }).toEqual({ id: '42', item_2: 'a/b' })
    for (const name of [
      'orders/42',
      'orders/42/items',
      'orders/42/items/1/2',
      'orders/42/Items/1',
      'x/orders/42/items/1',
    ]) {
      expect(match(name), name).toBeUndefined()
    }
  })

  it('fits nothing that is no name', () => {
    const { match } = compilePattern(':a/:b')
    for (const text of ['a/', '/b', '/', 'a/%zz', 'a/%2f', 'a/#', 'a/\n', `a/${'b'.repeat(255)}`, 'a/\ud800']) {
      expect(match(text), text).toBeUndefined()
    }
  })

  it('compares text as it stands in names', () => {
    expect(compilePattern('50%25/:x').match('50%25/1')).toBeDefined()
    expect(compilePattern('é').match('é')).toBeDefined()
    expect(compilePattern('é').match('e\u0301')).toBeUndefined()
    expect(compilePattern('a.c').match('abc')).toBeUndefined()
    expect(compilePattern('*').match('x')).toBeUndefined()
  })

  it('holds parameters that are named or spelled like parts of an object', () => {
    const params = compilePattern(':__proto__/:constructor/:a').match('x/__proto__/toString')
    expect(params && Object.getPrototypeOf(params)).toBe(null)
    expect(Object.entries(params ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', '__proto__'],
      ['a', 'toString'],
    ])
    expect(compilePattern(':a').match('x')?.['toString']).toBeUndefined()
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it.each([
    ['', 'a segment is empty'],
    ['/', 'a segment is empty'],
    ['/orders', 'a segment is empty'],
    ['orders/', 'a segment is empty'],
    ['orders//:id', 'a segment is empty'],
    [':', '":" has no identifier for a name'],
    ['orders/:1', '":1" has no identifier for a name'],
    ['orders/:id?', '":id?" has no identifier for a name'],
    ['orders/:id*', '":id*" has no identifier for a name'],
    ['orders/:a-b', '":a-b" has no identifier for a name'],
    ['orders/::id', '"::id" has no identifier for a name'],
    [':id/:id', '":id" occurs twice'],
    ['50%', '"50%" is not spelled as in a name, with "%25" for "%" and "%23" for "#"'],
    ['a%2fb', '"a%2fb" is not spelled as in a name, with "%25" for "%" and "%23" for "#"'],
    ['%41', '"%41" is not spelled as in a name, with "%25" for "%" and "%23" for "#"'],
    ['a#b', '"a#b" is not spelled as in a name, with "%25" for "%" and "%23" for "#"'],
    ['a\nb', String.raw`"a\nb" is not spelled as in a name, with "%25" for "%" and "%23" for "#"`],
    [`:a/${'x/'.repeat(126)}:b/:c`, 'every name is longer than 256 bytes'],
  ])('may not be %j', (pattern, problem) => {
    const expected = 'segments joined by "/", each of them text or a parameter such as ":id"'
    expect(() => compilePattern(pattern)).toThrow(
      new TypeError(
        `Expected a channel's pattern to be ${expected}, got ${JSON.stringify(pattern)}, where ${problem}.`,
      ),
    )
  })
})
