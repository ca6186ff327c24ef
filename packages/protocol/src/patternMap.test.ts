import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { compilePattern } from './channelPattern.ts'
import { PatternMap } from './patternMap.ts'

function mapOf(...patterns: string[]): PatternMap<number> {
  const map = new PatternMap<number>()
  for (const [index, pattern] of patterns.entries()) map.set(pattern, index)
  return map
}

describe('a map by pattern', () => {
  it('finds the pattern that a name fits, its value and the parameters', () => {
    const found = mapOf('news', 'orders/:id', 'orders/:id/items/:item').get('orders/42/items/a%2Fb')
    expect(found).toEqual({ pattern: 'orders/:id/items/:item', value: 2, params: { id: '42', item: 'a/b' } })
    expect(Object.getPrototypeOf(found?.params)).toBe(null)
  })

  it('finds values that are nothing', () => {
    const map = new PatternMap<undefined>()
    map.set('news', undefined)
    expect(map.get('news')).toEqual({ pattern: 'news', params: {}, value: undefined })
  })

  it.each([
    ['users/me', 'users/me'],
    ['users/you', 'users/:id'],
    ['a/b', 'a/:x'],
    ['c/b', ':x/b'],
    ['c/d', undefined],
    // Not `a/:x`, which is too short: what fits comes first.
    ['a/b/c', ':x/b/:y'],
    ['a/d/e', 'a/d/:x'],
    ['a/d/e/f', ':p/:q/:r/f'],
    ['users', undefined],
    ['users/me/you/too/far', undefined],
    ['constructor', undefined],
    ['__proto__/b', ':x/b'],
    ['users/%zz', undefined],
    ['users/', undefined],
    ['', undefined],
  ])('finds for %j %j: text beats a parameter from the left, whatever was set first', (name, pattern) => {
    const patterns = [':x/b', 'users/:id', 'a/:x', ':p/:q/:r/f', 'users/me', ':x/b/:y', 'a/d/:x']
    expect(mapOf(...patterns).get(name)?.pattern).toBe(pattern)
    expect(mapOf(...patterns.toReversed()).get(name)?.pattern).toBe(pattern)
  })

  it('finds the best of all patterns that fit', () => {
    const segments = fc.array(fc.constantFrom('a', 'b', ':'), { minLength: 1, maxLength: 4 })
    const shapes = fc.uniqueArray(segments, { selector: String, maxLength: 20 })
    const names = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(shapes, names, (shapes, name) => {
        const patterns = shapes.map((shape) => shape.map((text, i) => (text === ':' ? `:p${i}` : text)).join('/'))
        const fitting = patterns.filter((pattern) => compilePattern(pattern).match(name.join('/')))
        // As text, a parameter comes after all that these segments may be, so that the best comes first.
        const [best] = fitting.toSorted((a, b) => (a.replaceAll(':', '~') < b.replaceAll(':', '~') ? -1 : 1))
        expect(mapOf(...patterns).get(name.join('/'))?.pattern).toBe(best)
      }),
      { numRuns: 5000 },
    )
  })

  it('refuses a pattern whose names fit another', () => {
    const map = mapOf('users/:id', 'users/:id/posts/:post', 'news')
    for (const [pattern, other] of [
      ['news', 'news'],
      ['users/:id', 'users/:id'],
      ['users/:name', 'users/:id'],
      ['users/:a/posts/:b', 'users/:id/posts/:post'],
    ] as const) {
      expect(() => map.set(pattern, 9)).toThrow(
        new TypeError(`Expected each channel's pattern to fit names of its own, got "${pattern}" after "${other}".`),
      )
    }
    expect(map.get('users/1')?.value).toBe(0)
    expect(() => map.set('users/', 9)).toThrow(TypeError)
  })

  it('visits no part of a pattern twice, however many patterns nearly fit', () => {
    // Each of 4,096 ways through twelve segments is a pattern, and none of them ends as the name does.
    const map = new PatternMap<number>()
    for (let way = 0; way < 4096; way++) {
      const segments = Array.from({ length: 12 }, (_, i) => ((way >> i) & 1 ? 'a' : `:p${i}`))
      map.set([...segments, 'end'].join('/'), way)
    }
    expect(map.get(`${'a/'.repeat(12)}other`)).toBeUndefined()
    expect(countSteps(() => map.get(`${'a/'.repeat(12)}other`))).toBe(8191)
    expect(map.get(`${'a/'.repeat(12)}end`)?.value).toBe(4095)
  })

  it('goes no deeper than its patterns, and as deep as a name may be', () => {
    const deepest = Array.from({ length: 128 }, (_, i) => (i % 2 ? `:p${i}` : 'a')).join('/')
    expect(mapOf(deepest, 'a/:x/b').get(`${'a/'.repeat(127)}a`)?.pattern).toBe(deepest)
    const short = mapOf('a/:x/b')
    expect(countSteps(() => short.get(`${'a/'.repeat(127)}a`))).toBe(3)
  })
})

/** Counts the nodes that are looked at. */
function countSteps(lookUp: () => unknown): number {
  using get = vi.spyOn(Map.prototype, 'get')
  lookUp()
  return get.mock.calls.length
}
