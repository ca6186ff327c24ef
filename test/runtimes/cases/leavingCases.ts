import { expect } from 'vitest'
import type { Visit } from '../visit.ts'
import type { Case } from './case.ts'

const OPEN = 'data: open\n\n'

async function leaves(visit: Visit, route: string): Promise<void> {
  const { reader, leave } = await visit.open(route)
  await reader.until(OPEN)
  leave()
  expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
}

export const leavingCases: Case[] = [
  {
    title: 'a reader that leaves before the first event ends the source',
    async run(visit) {
      const controller = new AbortController()
      const opened = visit.open('silent', { signal: controller.signal }).catch(() => {})
      await visit.sees(({ running }) => running === 1)
      controller.abort()
      await opened
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'a reader that leaves ends a source that is idle',
    run: (visit) => leaves(visit, 'idle'),
  },
  {
    title: 'a reader that leaves ends a generator that awaits its signal',
    run: (visit) => leaves(visit, 'awaits-signal'),
  },
  {
    title: 'a reader that leaves ends a stream that was made without its request',
    run: (visit) => leaves(visit, 'without-request'),
  },
  {
    title: 'a reader that leaves ends a generator that waits for the reader',
    async run(visit) {
      const { leave } = await visit.open('flood')
      await visit.standsStill()
      expect(await visit.state()).toMatchObject({ running: 1, finished: 0 })
      leave()
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'a reader that leaves ends a task that waits for the reader',
    async run(visit) {
      const { leave } = await visit.open('flood-of-sends')
      await visit.standsStill()
      leave()
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'a reader that leaves runs each callback and clean-up once',
    async run(visit) {
      const { reader, leave } = await visit.open('push')
      await reader.until('data: "open"\n\n')
      leave()
      const { notes } = await visit.sees(({ closes, aborts }) => closes === 1 && aborts === 1)
      expect(notes).toHaveLength(2)
      expect(notes).toEqual(expect.arrayContaining(['cleaned up', 'closed']))
    },
  },
  {
    title: 'a reader that leaves aborts the signal of the session',
    async run(visit) {
      const { reader, leave } = await visit.open('task-awaits-signal')
      await reader.until('data: "open"\n\n')
      leave()
      await visit.sees(({ aborts, finished }) => aborts === 1 && finished === 1)
    },
  },
  {
    title: 'a reader that vanishes in the middle of a burst ends its source',
    async run(visit) {
      const { reader, vanish } = await visit.open('burst')
      await reader.until('data: 100\n\n')
      vanish()
      expect(await visit.sees(({ finished }) => finished === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
  {
    title: 'a request with a body is answered until its reader leaves, and not shorter',
    async run(visit) {
      const { reader, leave } = await visit.open('post', { method: 'POST', body: 'the body' })
      await reader.until('data: the body\n\n')
      await reader.until('data: still here\n\n')
      expect(await visit.state()).toMatchObject({ running: 1, aborts: 0 })
      leave()
      await visit.sees(({ aborts, finished }) => aborts === 1 && finished === 1)
    },
  },
  {
    title: 'a request whose body nobody reads is answered until its reader leaves',
    async run(visit) {
      const { reader, leave } = await visit.open('post-unread', { method: 'POST', body: 'x'.repeat(100) })
      await reader.until(OPEN)
      expect(await visit.state()).toMatchObject({ running: 1, aborts: 0 })
      leave()
      await visit.sees(({ aborts, finished }) => aborts === 1 && finished === 1)
    },
  },
  {
    title: 'a reader that leaves aborts a task that reports its progress',
    async run(visit) {
      const { reader, leave } = await visit.open('progress-left')
      await reader.until('event: progress\n')
      leave()
      expect(await visit.sees(({ aborts }) => aborts === 1)).toMatchObject({ running: 0, errors: [] })
    },
  },
]
