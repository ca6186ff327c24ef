import { PassThrough } from 'node:stream'
import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

export const requestCases: Case[] = [
  {
    title: 'the position of the reader is its Last-Event-ID',
    async run(visit) {
      const answer = await visit.read('last-event-id', {
        headers: { 'Last-Event-ID': 'a.7' },
        query: { lastEventId: 'b' },
      })
      expect(answer).toBe(`data: "a.7"\n\n${COMPLETE}`)
    },
  },
  {
    title: 'a Last-Event-ID is UTF-8',
    async run(visit) {
      for (const id of ['é-✓-🌊', 'é']) {
        const answer = await visit.read('last-event-id', {
          headers: { 'Last-Event-ID': Buffer.from(id).toString('latin1') },
        })
        expect(answer).toBe(`data: "${id}"\n\n${COMPLETE}`)
      }
    },
  },
  {
    title: 'the position of a reader without the header is its query',
    async run(visit) {
      expect(await visit.read('last-event-id', { query: { lastEventId: 'é ✓' } })).toBe(`data: "é ✓"\n\n${COMPLETE}`)
    },
  },
  {
    title: 'a task reports its progress, then its result',
    async run(visit) {
      const { reader } = await visit.open('progress-completes')
      expect(await reader.until('\n\n')).toBe('event: progress\ndata: {"percent":10,"message":"begun"}\n\n')
      await visit.release()
      const rest = await reader.rest()
      expect(rest).toContain('"percent":50,"message":"begun","loaded":50,"total":100')
      expect(rest).toMatch(/\n\nevent: complete\ndata: \{"result":\{"name":"result"\}\}\n\n/)
      expect(rest.endsWith(COMPLETE)).toBe(true)
    },
  },
  {
    title: 'a task that fails says so, and keeps its secret',
    async run(visit) {
      const { reader } = await visit.open('progress-fails')
      await reader.until('data: {"percent":10}\n\n')
      await visit.release()
      const failure = 'event: error\ndata: {"code":"internal","message":"The task failed."}\n\n'
      expect(await reader.rest()).toBe(failure + COMPLETE)
      expect((await visit.state()).errors).toEqual(['source: source'])
    },
  },
  {
    title: 'a task tells how far an upload is while it comes in',
    async run(visit) {
      const half = 'x'.repeat(20_000)
      const body = new PassThrough()
      body.write(half)
      const asking = { method: 'POST', body, query: { total: String(2 * half.length) } }
      const { reader } = await visit.open('upload', asking)
      await reader.until('"percent":50,"loaded":20000,"total":40000')
      body.end(half)
      const rest = await reader.rest()
      expect(rest).toContain('"percent":100,"loaded":40000,"total":40000')
      expect(rest.endsWith(`event: complete\ndata: {"result":40000}\n\n${COMPLETE}`)).toBe(true)
    },
  },
]
