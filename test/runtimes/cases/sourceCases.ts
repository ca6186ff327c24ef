import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

const EVENTS = 'data: one\n\nevent: tick\ndata: ✓ 🌊\n\n'

const sources = {
  'a ReadableStream of events': 'stream-of-events',
  'a ReadableStream of bytes, cut anywhere,': 'stream-of-bytes',
  'a ReadableStream that an async function returns': 'stream-of-async-function',
  'an observable': 'observable',
}

export const sourceCases: Case[] = Object.entries(sources).flatMap(([source, route]) => [
  {
    title: `${source} is a source`,
    async run(visit) {
      expect(await visit.read(route)).toBe(EVENTS + COMPLETE)
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: `${source} is ended when its reader leaves`,
    async run(visit) {
      const { reader, leave } = await visit.open(route, { query: { isEndless: '' } })
      expect(await reader.until('🌊\n\n')).toBe(EVENTS)
      expect(await visit.state()).toMatchObject({ running: 1, finished: 0 })
      leave()
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
])
