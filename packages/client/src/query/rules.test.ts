import { describe, expect, it } from 'vitest'
import { RowDrafts } from './rowDrafts.ts'
import { type AnyLiveRule, applyRule, type LivePatch, removeById, upsertById } from './rules.ts'

const apply = (rule: AnyLiveRule, data: unknown, payload: unknown) =>
  applyRule(rule as LivePatch, data, { event: 'e', data: payload, id: 'a.1', text: '' })

const a = { id: 'a', n: 1 }
const b = { id: 'b', n: 1 }

describe('upsertById', () => {
  it('puts a row in the place of the one with its id, and leaves the others the objects that they are', () => {
    const next = { id: 'a', n: 2 }
    const result = apply(upsertById(), [a, b], next) as unknown[]
    expect(result).toEqual([next, b])
    expect(result[1]).toBe(b)
  })

  it.each([
    ['end', [a, b]],
    ['start', [b, a]],
    [false, [a]],
  ] as const)('adds a new row where it is told to: %s', (add, expected) => {
    expect(apply(upsertById({ add }), [a], b)).toEqual(expected)
  })

  it('makes one copy of a list for all that is applied in a frame, unless a function has seen it', () => {
    const rows = [a, b]
    const drafts = new RowDrafts()
    const event = (data: unknown) => ({ event: 'e', data, id: 'a.1', text: '' })
    const upsert = (data: unknown, n: number) => applyRule(upsertById(), data, event({ id: 'b', n }), drafts)
    const first = upsert(rows, 2)
    expect(rows).toEqual([a, b])
    expect(upsert(first, 3)).toBe(first)
    expect(first).toEqual([a, { id: 'b', n: 3 }])
    const kept: unknown[] = []
    const seen = applyRule((data) => (kept.push(data), data), first, event(null), drafts)
    expect(upsert(seen, 4)).toEqual([a, { id: 'b', n: 4 }])
    expect(kept).toEqual([[a, { id: 'b', n: 3 }]])
  })

  it('finds the rows that came with the same frame, by whatever field a rule names them', () => {
    const drafts = new RowDrafts()
    const event = (data: unknown) => ({ event: 'e', data, id: 'a.1', text: '' })
    const byId = upsertById()
    const byKey = upsertById({ id: 'key' })
    let rows: unknown = [{ id: 1, key: 'x', n: 0 }]
    const take = (rule: typeof byId, row: object) => (rows = applyRule(rule, rows, event(row), drafts))
    take(byId, { id: 2, key: 'y', n: 1 })
    take(byId, { id: 2, key: 'z', n: 2 })
    take(byKey, { id: 3, key: 'z', n: 3 })
    take(byId, { id: 3, key: 'z', n: 4 })
    take(byKey, { id: 1, key: 'v', n: 5 })
    take(byKey, { id: 1, key: 'v', n: 6 })
    expect(rows).toEqual([
      { id: 1, key: 'x', n: 0 },
      { id: 3, key: 'z', n: 4 },
      { id: 1, key: 'v', n: 6 },
    ])
  })

  it('changes nothing by a row that is older, or the same', () => {
    const rows = [{ id: 'a', n: 2 }]
    const rule = upsertById({ version: 'n' })
    expect(apply(rule, rows, a)).toBe(rows)
    expect(apply(rule, rows, { id: 'a', n: 2, more: true })).toBe(rows)
    expect(apply(rule, rows, { id: 'a', n: 3 })).toEqual([{ id: 'a', n: 3 }])
  })

  it('finds rows by another field, in a field of the data', () => {
    const data = { total: 2, items: [{ key: 1, n: 1 }] }
    expect(apply(upsertById({ id: 'key', rows: 'items' }), data, { key: 1, n: 2 })).toEqual({
      total: 2,
      items: [{ key: 1, n: 2 }],
    })
  })

  it('looks at all pages before it adds a row to one', () => {
    const data = { pages: [[a], [b]], pageParams: [0, 1] }
    expect(apply(upsertById(), data, { id: 'a', n: 2 })).toEqual({
      pages: [[{ id: 'a', n: 2 }], [b]],
      pageParams: [0, 1],
    })
    const c = { id: 'c', n: 1 }
    expect(apply(upsertById({ add: 'start' }), data, c)).toEqual({ pages: [[c, a], [b]], pageParams: [0, 1] })
    expect(apply(upsertById({ add: 'end' }), data, c)).toEqual({ pages: [[a], [b, c]], pageParams: [0, 1] })
  })
})

describe.each([
  ['upsertById', upsertById],
  ['removeById', removeById],
] as const)('%s', (_name, rule) => {
  it.each([
    [undefined, null, 'an array as `data`, got null'],
    [undefined, { items: [] }, 'an array as `data`, got {"items":[]}'],
    ['items', [], 'an array as `items`, got undefined'],
    ['items', { items: 1 }, 'an array as `items`, got 1'],
  ])('says where there are no rows: %s of %j', (rows, data, problem) => {
    const message = `Expected ${problem}: check the option \`rows\`.`
    expect(() => apply(rule({ rows }), data, a)).toThrow(new TypeError(message))
    const pages = { pages: [data], pageParams: [0] }
    expect(() => apply(rule({ rows }), pages, a)).toThrow(new TypeError(message))
  })

  it.each([{ key: 'a' }, { id: null }])('says that a payload names no row: %j', (payload) => {
    const message = `Expected a payload with \`id\`, got ${JSON.stringify(payload)}: check the option \`id\`.`
    expect(() => apply(rule(), [a], payload)).toThrow(new TypeError(message))
  })
})

describe('removeById', () => {
  it('takes a row out, by a row or by its id alone', () => {
    expect(apply(removeById(), [a, b], { id: 'a' })).toEqual([b])
    expect(apply(removeById(), [a, b], 'b')).toEqual([a])
  })

  it('takes it out of each page, and leaves what does not have it', () => {
    const data = { pages: [{ rows: [a] }, { rows: [b] }], pageParams: [0, 1] }
    const result = apply(removeById({ rows: 'rows' }), data, 'a') as typeof data
    expect(result.pages).toEqual([{ rows: [] }, { rows: [b] }])
    expect(result.pages[1]).toBe(data.pages[1])
    expect(apply(removeById({ rows: 'rows' }), data, 'c')).toBe(data)
  })

  it('leaves a row that is newer than its removal', () => {
    const rows = [{ id: 'a', n: 5 }]
    expect(apply(removeById({ version: 'n' }), rows, { id: 'a', n: 4 })).toBe(rows)
    expect(apply(removeById({ version: 'n' }), rows, { id: 'a', n: 6 })).toEqual([])
    expect(apply(removeById({ version: 'n' }), rows, 'a')).toEqual([])
  })
})

describe('a function', () => {
  it('is called for each page', () => {
    const data = { pages: [1, 2], pageParams: [0, 1] }
    const rule = (page: number, by: number) => (page === 1 ? page + by : page)
    expect(apply(rule, data, 10)).toEqual({ pages: [11, 2], pageParams: [0, 1] })
    expect(apply((page: number) => page, data, 10)).toBe(data)
  })

  it('leaves the data by returning nothing', () => {
    expect(apply(() => undefined, a, 1)).toBe(a)
    expect(apply(() => null, a, 1)).toBeNull()
  })
})
