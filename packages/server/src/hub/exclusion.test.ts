import { describe, expect, it } from 'vitest'
import { isLeftOut, toExclusions } from './exclusion.ts'

const ann = { identity: 'ann', origin: 'tab-1' }
/** A reader that has named its tab after somebody. */
const mallory = { identity: 'mallory', origin: 'ann' }
const stranger = { identity: undefined, origin: undefined }

describe('a reader is left out', () => {
  it('by a text that is its identity or its origin', () => {
    expect(isLeftOut(['ann'], ann)).toBe(true)
    expect(isLeftOut(['tab-1'], ann)).toBe(true)
    expect(isLeftOut(['ann'], mallory)).toBe(true)
    expect(isLeftOut(['bob'], ann)).toBe(false)
  })

  it('by an object, by what that names alone', () => {
    expect(isLeftOut([{ identity: 'ann' }], ann)).toBe(true)
    expect(isLeftOut([{ identity: 'ann' }], mallory)).toBe(false)
    expect(isLeftOut([{ origin: 'ann' }], ann)).toBe(false)
    expect(isLeftOut([{ origin: 'ann' }], mallory)).toBe(true)
  })

  it('by an object that names both, where both hold', () => {
    expect(isLeftOut([{ identity: 'ann', origin: 'tab-1' }], ann)).toBe(true)
    expect(isLeftOut([{ identity: 'ann', origin: 'tab-2' }], ann)).toBe(false)
    expect(isLeftOut([{ identity: 'mallory', origin: 'tab-1' }], ann)).toBe(false)
  })

  it('by any of several', () => {
    expect(isLeftOut([{ identity: 'bob' }, 'tab-1'], ann)).toBe(true)
    expect(isLeftOut([], ann)).toBe(false)
  })

  it('never where it has neither', () => {
    expect(isLeftOut(['', 'undefined', { identity: 'ann' }, { origin: 'tab-1' }], stranger)).toBe(false)
  })
})

it('leaves nobody out by what names nobody', () => {
  expect(toExclusions([undefined, null, {}, { origin: undefined }, { identity: null as never }])).toEqual([])
  expect(toExclusions(['ann', { identity: 'ann', origin: undefined }])).toEqual(['ann', { identity: 'ann' }])
})

it.for([5, true, Symbol('a'), () => {}, ['ann'], { user: 'ann' }, { origin: 5 }, { identity: {} }])(
  'refuses %s, which would leave nobody out',
  (key) => {
    expect(() => toExclusions([key as never])).toThrow(/^Expected .* got /)
  },
)
