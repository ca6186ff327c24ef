import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

export const eventCases: Case[] = [
  {
    title: 'every field of an event arrives, byte by byte',
    async run(visit) {
      const first = ': all\nevent: tick\nid: é-1\nretry: 250\ndata: {"n":1}\n\n'
      expect(await visit.read('fields')).toBe(`${first}data: text ✓ 🌊\n\nid: 0\ndata: null\n\ndata: \n\n${COMPLETE}`)
    },
  },
  {
    title: 'data and comments of several lines arrive line by line',
    async run(visit) {
      const first = 'data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n'
      expect(await visit.read('lines')).toBe(`${first}: one\n: two\n\ndata:  lead\u2028line\n\n${COMPLETE}`)
    },
  },
  {
    title: 'the reconnection time comes first',
    async run(visit) {
      expect(await visit.read('retry')).toBe(`retry: 1234\n\n${COMPLETE}`)
    },
  },
  {
    title: 'an event of 1 MB arrives whole',
    async run(visit) {
      const text = await visit.read('one-megabyte')
      expect(text.length).toBe(350_008 + 13 + COMPLETE.length)
      expect(text.replaceAll('✓', '')).toBe(`data: \n\ndata: after\n\n${COMPLETE}`)
    },
  },
  {
    title: '1000 events of one turn arrive in order',
    async run(visit) {
      const events = Array.from({ length: 1000 }, (_, index) => `data: ${index}\n\n`).join('')
      expect(await visit.read('one-turn')).toBe(events + COMPLETE)
    },
  },
  {
    title: 'heartbeats arrive while the source is idle',
    async run(visit) {
      const { reader } = await visit.open('heartbeat')
      for (let beat = 0; beat < 3; beat++) expect(await reader.until('\n\n')).toBe(': heartbeat\n\n')
      await visit.release()
      const rest = await reader.rest()
      expect(rest.replaceAll(': heartbeat\n\n', '')).toBe(`data: late\n\n${COMPLETE}`)
    },
  },
  {
    title: 'two streams at once know nothing of each other',
    async run(visit) {
      const [left, right] = [await visit.open('awaits-signal'), await visit.open('step-by-step')]
      await left.reader.until('data: open\n\n')
      left.leave()
      await visit.sees(({ finished }) => finished === 1)
      for (let step = 0; step <= 3; step++) {
        expect(await right.reader.until('\n\n')).toBe(`data: ${step}\n\n`)
        await visit.release()
      }
      expect(await right.reader.rest()).toBe(COMPLETE)
    },
  },
  {
    title: 'a stream ends after the event that `until` names',
    async run(visit) {
      expect(await visit.read('until')).toBe(`data: 0\n\ndata: 1\n\ndata: 2\n\n${COMPLETE}`)
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'an event that its schema refuses is not sent, and those around it are',
    async run(visit) {
      const ticks = [1, 3].map((now) => `event: tick\ndata: {"now":${now}}\n\n`)
      expect(await visit.read('schemas')).toBe(ticks.join('') + COMPLETE)
      expect((await visit.state()).notes).toEqual([['invalid-event', 'data']])
    },
  },
]
