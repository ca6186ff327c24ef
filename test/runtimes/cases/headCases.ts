import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

export const headCases: Case[] = [
  {
    title: 'the head arrives before the first event',
    async run(visit) {
      const { status, reader } = await visit.open('head')
      expect(status).toBe(200)
      await visit.release()
      expect(await reader.rest()).toBe(COMPLETE)
    },
  },
  {
    title: 'each event arrives before the next is produced',
    async run(visit) {
      const { reader } = await visit.open('step-by-step')
      for (let step = 0; step <= 3; step++) {
        expect(await reader.until('\n\n')).toBe(`data: ${step}\n\n`)
        expect((await visit.state()).produced).toBe(step + 1)
        await visit.release()
      }
      expect(await reader.rest()).toBe(COMPLETE)
    },
  },
  {
    title: 'the head has the default headers',
    async run(visit) {
      const { status, headers, reader } = await visit.open('complete')
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      })
      expect(headers).not.toHaveProperty('content-encoding')
      expect(headers).not.toHaveProperty('content-length')
      await reader.rest()
    },
  },
  {
    title: "the caller's headers and status win",
    async run(visit) {
      const { status, headers, reader } = await visit.open('own-headers')
      expect(status).toBe(202)
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'yes',
        'x-of': 'answer',
        'x-option': 'yes',
      })
      await reader.rest()
    },
  },
]
