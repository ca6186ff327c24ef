import { expect } from 'vitest'
import { type Case, COMPLETE } from './case.ts'

export const endCases: Case[] = [
  {
    title: 'a source that returns ends as complete',
    async run(visit) {
      expect(await visit.read('complete')).toBe(`data: 1\n\n${COMPLETE}`)
      expect(await visit.sees(({ closes }) => closes === 1)).toMatchObject({ running: 0, finished: 1, errors: [] })
    },
  },
  {
    title: 'a source that fails before its first event ends with an error, and keeps its secret',
    async run(visit) {
      const { status, reader } = await visit.open('fails-first')
      expect(status).toBe(200)
      expect(await reader.rest()).toBe('event: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n')
      expect(await visit.state()).toMatchObject({ finished: 1, closes: 1, errors: ['source: source'] })
    },
  },
  {
    title: 'a source that fails between events ends with an error, and keeps its secret',
    async run(visit) {
      expect(await visit.read('fails-later')).toBe(
        'data: 1\n\nevent: sse.bye\ndata: {"reason":"error","code":"mapped"}\n\n',
      )
      expect(await visit.state()).toMatchObject({ finished: 1, closes: 1, errors: ['source: source'] })
    },
  },
  {
    title: 'a source that fails without a bye is cut off',
    async run(visit) {
      const { reader } = await visit.open('fails-without-bye')
      await reader.until('data: 1\n\n')
      await visit.release()
      await expect(reader.rest()).rejects.toThrow(Error)
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ errors: ['source: source'] })
    },
  },
  {
    title: 'a stream of limited age ends with a timeout',
    async run(visit) {
      expect(await visit.read('timeout')).toBe('event: sse.bye\ndata: {"reason":"timeout"}\n\n')
      await visit.sees(({ aborts, finished }) => aborts === 1 && finished === 1)
    },
  },
  {
    title: 'closing twice is closing once',
    async run(visit) {
      expect(await visit.read('closes-twice')).toBe(`data: "last"\n\n${COMPLETE}`)
      expect(await visit.state()).toMatchObject({ closes: 1, aborts: 1, errors: [] })
    },
  },
  {
    title: 'writes after the end are refused',
    async run(visit) {
      expect(await visit.read('writes-after-close')).toBe(COMPLETE)
      const { notes } = await visit.sees(({ finished }) => finished === 1)
      expect(notes).toEqual([false, false, false, false, false, false, 'closed'])
    },
  },
  {
    title: 'the signal of the request ends the stream',
    async run(visit) {
      const { reader } = await visit.open('signal-of-request')
      await reader.until('data: "open"\n\n')
      await visit.release()
      expect(await reader.rest()).toBe('')
      await visit.sees(({ aborts, closes, running }) => aborts === 1 && closes === 1 && running === 0)
    },
  },
  {
    title: 'the signal of the options ends the stream',
    async run(visit) {
      const { reader } = await visit.open('signal-of-options')
      await reader.until('data: "open"\n\n')
      await visit.release()
      expect(await reader.rest()).toBe('')
      await visit.sees(({ aborts, closes, running }) => aborts === 1 && closes === 1 && running === 0)
    },
  },
]
