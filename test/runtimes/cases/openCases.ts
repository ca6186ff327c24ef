import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

const cases: Case[] = [
  {
    title: 'openSSE sends its head at once, then each kind of write, then the end',
    async run(visit) {
      const { status, headers, reader } = await visit.open('open-writes', { headers: { 'Last-Event-ID': '7' } })
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('text/event-stream; charset=utf-8')
      await visit.release()
      expect(await reader.rest()).toBe(
        'retry: 250\n\n: about\n\nid: é-1\n\nevent: tick\ndata: {"n":1}\n\ndata: "text"\n\n' +
          `data: lines\ndata: of text\n\ndata: 7\n\n: over\n\n${COMPLETE}`,
      )
      expect(await visit.state()).toMatchObject({ closes: 1, aborts: 1, errors: [] })
    },
  },
  {
    title: 'each write of openSSE arrives before the next is produced',
    async run(visit) {
      const { reader } = await visit.open('open-steps')
      for (let step = 0; step <= 3; step++) {
        expect(await reader.until('\n\n')).toBe(`data: ${step}\n\n`)
        expect((await visit.state()).produced).toBe(step + 1)
        await visit.release()
      }
      expect(await reader.rest()).toBe(COMPLETE)
    },
  },
  {
    title: 'openSSE opens late, after an `await`',
    async run(visit) {
      const opened = visit.open('open-late')
      await visit.sees(({ notes }) => notes.length === 1)
      await visit.release()
      const { status, reader } = await opened
      expect(status).toBe(200)
      expect(await reader.rest()).toBe(`: late\n\n${COMPLETE}`)
    },
  },
  {
    title: 'openSSE that opens when its reader has left is over at once',
    async run(visit) {
      const controller = new AbortController()
      const opened = visit.open('open-too-late', { signal: controller.signal }).catch(() => {})
      await visit.sees(({ notes }) => notes.length === 1)
      controller.abort()
      await opened
      const { notes } = await visit.sees(({ closes, notes: { length } }) => closes === 1 && length > 1)
      expect(notes).toEqual(['waits', true, false])
    },
  },
  {
    title: 'a reader that leaves ends the session of openSSE',
    async run(visit) {
      const { reader, leave } = await visit.open('open-stays')
      await reader.until('data: "open"\n\n')
      leave()
      const { notes } = await visit.sees(({ closes, aborts }) => closes === 1 && aborts === 1)
      expect(notes).toEqual(['closed'])
    },
  },
]

export const openCases: Case[] = cases.map((opened) => ({ ...opened, way: 'node:http' }))
