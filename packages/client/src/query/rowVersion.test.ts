import { expect, it } from 'vitest'
import { compareVersions } from './rowVersion.ts'

it.each([
  [9, 10],
  [1.5, 2],
  ['9', '10'],
  [9, '10'],
  ['-5', '3'],
  ['9', 10n],
  ['9007199254740992', '9007199254740993'],
  ['2026-01-02T00:00:00Z', '2026-01-02T00:00:00.5Z'],
  ['2026-01-02T00:00:00.123456Z', '2026-01-02T00:00:00.1235Z'],
  ['2026-01-02 00:00:00.5+00', '2026-01-02 00:00:01+00'],
  ['2026-01-02T00:00:00', '2026-01-02T00:00:00.5'],
  [new Date(1000), new Date(2000)],
  ['01JD9ZZZ', '01JDA000'],
  ['0000000000000799', '00000000000007A0'],
  ['10', '1A'],
])('knows that %s is below %s', (lower, higher) => {
  expect(compareVersions(lower, higher)).toBeLessThan(0)
  expect(compareVersions(higher, lower)).toBeGreaterThan(0)
  expect(compareVersions(lower, lower)).toBe(0)
})

it('says of a version that is missing that it knows nothing', () => {
  expect(compareVersions(undefined, 1)).toBeNaN()
  expect(compareVersions('a', null)).toBeNaN()
})

it.each([
  ['v9', 'v10'],
  ['a', 1],
  ['7A0', 799],
  ['7A0', '1799'],
  ['', 0],
  ['2026-01-02T00:00:00', '2026-01-02T00:00:00Z'],
  ['2026-01-02T01:00:00+02:00', '2026-01-02T00:00:00Z'],
  ['2026-01-02T00:00:00Z', 5],
  [{}, {}],
])('does not compare %j and %j in silence', (one, other) => {
  expect(() => compareVersions(one, other)).toThrow('Expected versions with an order, got ')
})
