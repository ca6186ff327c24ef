import { describe, expect, it } from 'vitest'
import { type Connection, describeConnection } from '../apps/playground/src/shared/connection.ts'
import type { Metrics } from '../apps/playground/src/shared/contract.ts'
import { formatBytes, formatTook, formatWait } from '../apps/playground/src/shared/format.ts'
import { toColumns } from '../apps/playground/src/shared/samples.ts'
import {
  canRetry,
  describeUpload,
  idleUpload,
  percentOf,
  progressURL,
  reduceUpload,
  type UploadAction,
  type UploadState,
} from '../apps/playground/src/shared/upload.ts'

const file = new File(['x'.repeat(2048)], 'notes.txt')
const lost = { code: 'lost', message: 'lost' }
const result = { size: 2048, sha256: '00', took: 1234 }
const progress = { percent: 50, loaded: 1024, total: 2048, rate: 512, timeLeft: 2000 }

function play(...actions: UploadAction[]): UploadState {
  return actions.reduce(reduceUpload, idleUpload)
}

describe('the state of an upload', () => {
  it('follows the server from the announcement to the end', () => {
    const sending = play({ type: 'send', file }, { type: 'announced', id: 'a' })
    expect(progressURL(sending)).toBe('/api/uploads/a/progress')
    expect(describeUpload(sending).detail).toBe('0 B of 2 KiB')
    const half = reduceUpload(sending, { type: 'progress', progress })
    expect(percentOf(half)).toBe(50)
    expect(describeUpload(half).detail).toBe('1 KiB of 2 KiB · 512 B/s · 2 s left')
    const done = reduceUpload(half, { type: 'done', result })
    expect(percentOf(done)).toBe(100)
    expect(describeUpload(done).detail).toBe('The server received 2 KiB in 1.2 s, and has removed it.')
    expect(progressURL(done)).toBeUndefined()
  })

  it('keeps the first end that it hears of', () => {
    const failure = { code: 'aborted', message: 'aborted' }
    expect(play({ type: 'send', file }, { type: 'done', result }, { type: 'failed', failure }).phase).toBe('done')
    expect(play({ type: 'send', file }, { type: 'cancel' }, { type: 'failed', failure }).phase).toBe('cancelled')
    expect(play({ type: 'send', file }, { type: 'done', result }, { type: 'cancel' }).phase).toBe('done')
  })

  it('believes the server more than its own guess that the server is lost', () => {
    const guess = play({ type: 'send', file }, { type: 'announced', id: 'a' }, { type: 'failed', failure: lost })
    expect(progressURL(guess)).toBe('/api/uploads/a/progress')
    const failure = { code: 'too-large', message: 'too large' }
    expect(reduceUpload(guess, { type: 'failed', failure })).toMatchObject({ phase: 'failed', failure })
    const done = reduceUpload(guess, { type: 'done', result })
    expect(done).toMatchObject({ phase: 'done', result })
    expect(done.failure).toBeUndefined()
  })

  it('ignores what comes after it was cleared', () => {
    const cleared = play({ type: 'send', file }, { type: 'cancel' }, { type: 'clear' })
    expect(reduceUpload(cleared, { type: 'progress', progress })).toBe(idleUpload)
    expect(reduceUpload(cleared, { type: 'done', result })).toBe(idleUpload)
  })

  it('offers another try only where it may go better', () => {
    expect(canRetry(play({ type: 'send', file }, { type: 'cancel' }))).toBe(true)
    expect(canRetry(play({ type: 'send', file }, { type: 'failed', failure: lost }))).toBe(true)
    expect(canRetry(play({ type: 'refuse', file, failure: { code: 'too-large', message: '' } }))).toBe(false)
    expect(canRetry(play({ type: 'refuse', failure: { code: 'folder', message: '' } }))).toBe(false)
    expect(canRetry(play({ type: 'send', file }))).toBe(false)
  })

  it('is announced by phase, not by progress', () => {
    const sending = play({ type: 'send', file })
    const later = reduceUpload(sending, { type: 'progress', progress })
    expect(describeUpload(later).announcement).toBe(describeUpload(sending).announcement)
  })
})

describe('the words for a connection', () => {
  const connection: Connection = {
    status: 'reconnecting',
    attempt: 3,
    nextRetryAt: 10_000,
    closeReason: undefined,
    error: undefined,
  }

  it('count down to the next attempt without a new announcement', () => {
    const [before, after] = [describeConnection(connection, 6500), describeConnection(connection, 9500)]
    expect(before.detail).toBe('Attempt 3, in 4 s')
    expect(after.detail).toBe('Attempt 3, in 1 s')
    expect(describeConnection(connection, 11_000).detail).toBe('Attempt 3, now')
    expect(after.announcement).toBe(before.announcement)
  })

  it('say why it is closed', () => {
    const closed = { ...connection, status: 'closed', closeReason: 'manual' } as const
    expect(describeConnection(closed, 0)).toMatchObject({ tone: 'idle', detail: 'You closed it' })
    expect(describeConnection({ ...closed, closeReason: 'fatal' }, 0)).toMatchObject({ tone: 'bad' })
  })
})

describe('the columns of a chart', () => {
  const at = (time: number): Metrics => ({ time, cpu: time, cores: 1, rss: 0, heapUsed: 0, delay: 0, maxDelay: 0 })
  const read = ({ cpu }: Metrics) => cpu

  it('hold a break where the stream was silent', () => {
    expect(toColumns([at(1000), at(1500), at(9000)], [read])).toEqual([
      [1, 1.5, 2.5, 9],
      [1000, 1500, null, 9000],
    ])
  })

  it('are empty without samples', () => {
    expect(toColumns([], [read])).toEqual([[], []])
  })
})

describe('numbers for people', () => {
  it('have three figures and a unit', () => {
    expect([0, 1023, 1024, 1536, 10 * 2 ** 20, 2 ** 30, 1.4 * 2 ** 30, 2 ** 50].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1 KiB',
      '1.50 KiB',
      '10 MiB',
      '1 GiB',
      '1.40 GiB',
      '1024 TiB',
    ])
    expect([0, 999, 59_000, 60_000, 125_000].map(formatWait)).toEqual([
      '0 s',
      '1 s',
      '59 s',
      '1 min 00 s',
      '2 min 05 s',
    ])
    expect([40, 1234, 12_345].map(formatTook)).toEqual(['0.0 s', '1.2 s', '13 s'])
  })
})
