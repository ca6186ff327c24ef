import { expect } from 'vitest'
import type { Visit } from '../visit.ts'
import { type Case, COMPLETE } from './case.ts'

/** What arrives is decoded as it comes in: an event whose last bytes were held back would not arrive. */
async function steps(visit: Visit, route: string, encoding: string): Promise<void> {
  const asking = { query: { isCompressed: '' }, headers: { 'Accept-Encoding': encoding } }
  const { headers, reader } = await visit.open(route, asking)
  expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' })
  for (let step = 0; step <= 3; step++) {
    expect(await reader.until('\n\n')).toBe(`data: ${step}\n\n`)
    expect((await visit.state()).produced).toBe(step + 1)
    await visit.release()
  }
  expect(await reader.rest()).toBe(COMPLETE)
}

const cases: Case[] = [
  ...['gzip', 'br', 'zstd'].map((encoding) => ({
    title: `each event arrives before the next is produced, compressed as ${encoding}`,
    run: (visit: Visit) => steps(visit, 'step-by-step', encoding),
  })),
  {
    title: 'each write of openSSE arrives before the next is produced, compressed',
    run: (visit) => steps(visit, 'open-steps', 'gzip'),
  },
  {
    title: 'an event of 1 MB arrives whole, compressed',
    async run(visit) {
      const asking = { query: { isCompressed: '' }, headers: { 'Accept-Encoding': 'zstd' } }
      const text = await visit.read('one-megabyte', asking)
      expect(text.replaceAll('✓', '')).toBe(`data: \n\ndata: after\n\n${COMPLETE}`)
    },
  },
  {
    title: 'a reader that leaves ends a compressed stream',
    async run(visit) {
      const asking = { query: { isCompressed: '' }, headers: { 'Accept-Encoding': 'zstd, br, gzip' } }
      const { reader, leave } = await visit.open('awaits-signal', asking)
      await reader.until('data: open\n\n')
      leave()
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'a reader that takes no encoding gets none',
    async run(visit) {
      const { headers, reader } = await visit.open('complete', { query: { isCompressed: '' } })
      expect(headers).not.toHaveProperty('content-encoding')
      expect(headers).toMatchObject({ vary: 'Accept-Encoding' })
      expect(await reader.rest()).toBe(`data: 1\n\n${COMPLETE}`)
    },
  },
]

export const compressionCases: Case[] = cases.map((compressed) => ({ ...compressed, way: 'node:http' }))
