import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

/** That no source has run: a request that is refused has no session. */
const UNTOUCHED = { running: 0, finished: 0, closes: 0, errors: [] }

export const refusalCases: Case[] = [
  {
    title: 'what `prepare` returns is the answer, with a real status',
    async run(visit) {
      const { status, headers, reader } = await visit.open('prepare-refuses')
      expect(status).toBe(403)
      expect(headers).toMatchObject({ 'x-of': 'refusal' })
      expect(headers['content-type'] ?? '').not.toContain('event-stream')
      expect(await reader.rest()).toBe('returned')
      expect(await visit.state()).toMatchObject(UNTOUCHED)
    },
  },
  {
    title: 'a response that `prepare` throws is the answer',
    async run(visit) {
      const { status, reader } = await visit.open('prepare-throws-refusal')
      expect(status).toBe(404)
      expect(await reader.rest()).toBe('thrown')
      expect(await visit.state()).toMatchObject(UNTOUCHED)
    },
  },
  {
    title: 'what else `prepare` throws is left to the route, which can still answer 500',
    async run(visit) {
      const { status, reader } = await visit.open('prepare-fails')
      expect(status).toBe(500)
      expect(await reader.rest()).toBe('The route failed.')
      expect(await visit.state()).toMatchObject(UNTOUCHED)
    },
  },
  {
    title: 'a request that `prepare` lets in gets its stream',
    async run(visit) {
      const { status, reader } = await visit.open('prepare-lets-in', { headers: { 'Last-Event-ID': '7' } })
      expect(status).toBe(200)
      expect(await reader.rest()).toBe(`data: "in"\n\n${COMPLETE}`)
      expect(await visit.state()).toMatchObject({ notes: ['7'], finished: 1 })
    },
  },
  {
    title: 'a request that takes no event stream is refused with 406 where that is asked for',
    async run(visit) {
      const refused = await visit.open('accept', { headers: { Accept: 'application/json' } })
      expect(refused).toMatchObject({ status: 406, headers: { vary: 'Accept' } })
      await refused.reader.rest()
      expect(await visit.state()).toMatchObject(UNTOUCHED)
      const accepted = await visit.open('accept', { headers: { Accept: 'text/event-stream' } })
      expect(accepted.status).toBe(200)
      expect(await accepted.reader.rest()).toBe(`data: "in"\n\n${COMPLETE}`)
    },
  },
]
