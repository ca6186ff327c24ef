import { expect, it } from 'vitest'
import { chooseEncoding } from './chooseEncoding.ts'
import type { ContentEncoding } from './compression.ts'

const OFFERED: readonly ContentEncoding[] = ['zstd', 'gzip', 'br']

it.each<[header: string | null, chosen: ContentEncoding | undefined]>([
  ['gzip', 'gzip'],
  ['GZip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate, br', 'br'],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['br;q=1.0, gzip;q=0.8', 'br'],
  ['br \t; \t q=0.5,\tgzip;Q=0.501', 'gzip'],
  ['zstd;q=0, gzip;q=0.001', 'gzip'],
  ['*', 'zstd'],
  ['*;q=0.5, br', 'br'],
  ['zstd;q=0, *', 'gzip'],
  ['gzip;q=0.5, identity;q=0.5', 'gzip'],
  ['identity;q=0, gzip;q=0.1', 'gzip'],
  ['identity;q=0.1, *;q=0.2', 'zstd'],
  [', ,gzip,', 'gzip'],
])('takes of %j what is liked best, and among equals what is offered first', (header, chosen) => {
  expect(chooseEncoding(header, OFFERED)).toBe(chosen)
})

it.each([
  null,
  '',
  'identity',
  'deflate',
  'gzip;q=0',
  '*;q=0',
  'identity, gzip;q=0.9',
  'identity, *;q=0.5',
  'gzip;q=0.5, br;q=0, zstd;q=0, *;q=0.8',
  'identity;q=0',
])('takes no encoding where none is liked better: %j', (header) => {
  expect(chooseEncoding(header, OFFERED)).toBeUndefined()
})

it.each([
  'gzip;q=2',
  'gzip;q=1.5',
  'gzip;q=0.1234',
  'gzip;q=-1',
  'gzip;q=',
  'gzip;q= 1',
  'gzip;level=1',
  'gzip;q=1;q=1',
  'gzip br',
  'gz/ip',
  'br, "gzip"',
])('takes no encoding of a header that breaks the grammar: %j', (header) => {
  expect(chooseEncoding(header, OFFERED)).toBeUndefined()
})

it('keeps the order of the offer, and to what it has', () => {
  expect(chooseEncoding('gzip, br, zstd', ['br', 'gzip'])).toBe('br')
  expect(chooseEncoding('zstd', ['br', 'gzip'])).toBeUndefined()
})
