import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { join, useHub } from '../../test/hubReader.ts'
import type { LogEntry } from './log.ts'
import { ReplayFrames } from './replayFrames.ts'

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()

it('does not hold in encoded form all that was ever replayed', async () => {
  const { hub } = useHub()
  hub.channel('news', { history: { maxBytes: Infinity } })
  const LARGE = 'x'.repeat(500_000)
  const { id } = await hub.to('news').data(0)
  for (let count = 0; count < 60; count++) await hub.to('news').data({ count, LARGE })
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  const { next, leave } = await join(hub, `?channel=news&lastEventId=${id}`)
  for (let count = 0; count < 60; count++) expect(await next()).toMatchObject({ data: { count } })
  await leave()
  // What was freed is given back beside the program.
  await vi.waitFor(() => {
    collectGarbage()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(6 * 1024 * 1024)
  })
})

let seq = 0

function entryOf(data: string): LogEntry {
  return { seq: ++seq, prev: 0, channel: 'news', event: 'message', data }
}

it('has the same frame for all who get an event, as another log entry too', () => {
  const frames = new ReplayFrames()
  const entry = entryOf('1')
  const frame = frames.of(entry, 'a')
  expect(frames.of(entry, 'a')).toBe(frame)
  expect(frames.of({ ...entry }, 'a')).toBe(frame)
  for (const form of ['plain', 'qualified'] as const) {
    expect(frame.shared(form)).toBe(frame.shared(form))
    expect(frame.unpositioned(form)).toBe(frame.unpositioned(form))
  }
})

it('takes no event for another that had its seq in another life of the log', () => {
  const frames = new ReplayFrames()
  const entry = entryOf('1')
  const frame = frames.of(entry, 'a')
  expect(frames.of(entry, 'b')).not.toBe(frame)
  expect(frames.of({ ...entry, data: '2' }, 'b').shared('plain').text).toContain('data: 2\n')
  expect(frames.of({ ...entry, channel: 'other' }, 'b').channel).toBe('other')
})

it('forgets those first that nobody has asked for', () => {
  const frames = new ReplayFrames()
  const [first, second] = [entryOf('1'), entryOf('2')]
  const kept = frames.of(first, 'a')
  const lost = frames.of(second, 'a')
  for (let count = 0; count < 100; count++) {
    frames.of(entryOf('x'.repeat(100_000)), 'a')
    expect(frames.of(first, 'a')).toBe(kept)
  }
  expect(frames.of(second, 'a')).not.toBe(lost)
})

it('forgets none for an event that is larger than all that it may keep', () => {
  const frames = new ReplayFrames()
  const small = entryOf('1')
  const kept = frames.of(small, 'a')
  const large = entryOf('x'.repeat(5_000_000))
  expect(frames.of(large, 'a').entry).toBe(large)
  expect(frames.of(large, 'a')).not.toBe(frames.of(large, 'a'))
  expect(frames.of(small, 'a')).toBe(kept)
})
