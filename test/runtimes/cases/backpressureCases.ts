import { expect } from 'vitest'
import { EVENT_COUNT, EVENT_SIZE } from '../application/backpressureRoutes.ts'
import type { Visit } from '../visit.ts'
import { type Case, COMPLETE } from './case.ts'

/** The most that a server may have produced for a reader that takes nothing: what the sockets hold, and some. */
const BOUND = 24 * 1024 * 1024

function numbersOf(text: string): number[] {
  return Array.from(text.matchAll(/^data: (\d+) x/gm), ([, index]) => Number(index))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

async function waitsForReader(visit: Visit, route: string): Promise<void> {
  const { reader } = await visit.open(route)
  const produced = await visit.standsStill()
  expect(produced * EVENT_SIZE).toBeLessThan(BOUND)
  const text = await reader.rest()
  expect(numbersOf(text)).toEqual(upTo(EVENT_COUNT))
  expect(text.endsWith(COMPLETE)).toBe(true)
  expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ produced: EVENT_COUNT, errors: [] })
}

export const backpressureCases: Case[] = [
  {
    title: 'a generator waits for a slow reader, which loses nothing',
    run: (visit) => waitsForReader(visit, 'flood'),
  },
  {
    title: 'a task that sends waits for a slow reader, which loses nothing',
    run: (visit) => waitsForReader(visit, 'flood-of-sends'),
  },
  {
    title: 'a write to a slow reader is refused, and what was taken arrives',
    async run(visit) {
      const { reader } = await visit.open('flood-of-writes')
      const { produced } = await visit.sees(({ notes }) => notes.length === 1)
      expect(produced * EVENT_SIZE).toBeLessThan(BOUND)
      await visit.release()
      const text = await reader.rest()
      expect(numbersOf(text)).toEqual(upTo(produced))
      expect(text.endsWith(COMPLETE)).toBe(true)
    },
  },
]
