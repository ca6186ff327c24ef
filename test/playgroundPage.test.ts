import { describe, expect, it } from 'vitest'
import { largestOf, topOf } from '../apps/playground/src/shared/axis.ts'
import { type Connection, describeConnection } from '../apps/playground/src/shared/connection.ts'
import type { Metrics } from '../apps/playground/src/shared/contract.ts'
import { describeUpload } from '../apps/playground/src/shared/describeUpload.ts'
import { nameOf, shortNameOf, splitName } from '../apps/playground/src/shared/fileName.ts'
import { formatBytes, formatRate, formatTook, formatWait } from '../apps/playground/src/shared/format.ts'
import { toColumns } from '../apps/playground/src/shared/samples.ts'
import {
  canRetry,
  idleUpload,
  progressURL,
  reduceUpload,
  type UploadAction,
  type UploadEvent,
  type UploadState,
} from '../apps/playground/src/shared/upload.ts'

const file = new File(['x'.repeat(2048)], 'notes.txt')
const lost = { code: 'lost', message: 'lost' }
const result = { size: 2048, sha256: '00', took: 1234 }
const progress = { percent: 50, loaded: 1024, total: 2048, rate: 512, timeLeft: 2000 }
const token = 7
const send: UploadAction = { type: 'send', file, token, time: 1000 }

/** What happens to an upload that was sent at 1000. */
function play(...events: UploadEvent[]): UploadState {
  return events.reduce(after, reduceUpload(idleUpload, send))
}

function after(state: UploadState, event: UploadEvent): UploadState {
  return reduceUpload(state, { ...event, token })
}

const announced: UploadEvent = { type: 'announced', id: 'a' }
const half: UploadEvent = { type: 'progress', progress, time: 1500 }

describe('the state of an upload', () => {
  it('follows the server from the announcement to the end', () => {
    const sending = play(announced)
    expect(progressURL(sending)).toBe('/api/uploads/a/progress')
    expect(describeUpload(sending, 1000, 'open')).toMatchObject({ detail: '0 B of 2 KiB', percent: 0 })
    const moving = after(sending, half)
    const words = { detail: '1 KiB of 2 KiB · 512 B/s · 2 s left', percent: 50 }
    expect(describeUpload(moving, 1500, 'open')).toMatchObject(words)
    const done = after(moving, { type: 'done', result })
    const end = { detail: 'The server received 2 KiB in 1.2 s, and has removed it.', percent: 100 }
    expect(describeUpload(done, 1500, 'closed')).toMatchObject(end)
    expect(progressURL(done)).toBeUndefined()
  })

  it('keeps the first end that it hears of', () => {
    const failure = { code: 'failed', message: 'failed' }
    expect(play({ type: 'done', result }, { type: 'failed', failure }).phase).toBe('done')
    expect(play({ type: 'cancel' }, { type: 'failed', failure }).phase).toBe('cancelled')
    expect(play({ type: 'done', result }, { type: 'cancel' }).phase).toBe('done')
  })

  it('believes who knows more', () => {
    const aborted = { code: 'aborted', message: 'aborted' }
    const unreadable = { code: 'unreadable', message: 'unreadable' }
    const guess = play(announced, { type: 'failed', failure: lost })
    expect(progressURL(guess)).toBe('/api/uploads/a/progress')
    expect(after(guess, { type: 'failed', failure: aborted }).failure).toBe(aborted)
    expect(play({ type: 'failed', failure: aborted }, { type: 'failed', failure: lost }).failure).toBe(aborted)
    expect(play({ type: 'failed', failure: aborted }, { type: 'failed', failure: unreadable }).failure).toBe(unreadable)
    expect(play({ type: 'failed', failure: unreadable }, { type: 'failed', failure: aborted }).failure).toBe(unreadable)
    const done = after(guess, { type: 'done', result })
    expect(done).toMatchObject({ phase: 'done', result })
    expect(done.failure).toBeUndefined()
  })

  it('ignores what comes after it was cleared', () => {
    const cleared = reduceUpload(play({ type: 'cancel' }), { type: 'clear' })
    expect(after(cleared, half)).toBe(idleUpload)
    expect(after(cleared, { type: 'done', result })).toBe(idleUpload)
    expect(reduceUpload(idleUpload, { type: 'done', result, token: undefined })).toBe(idleUpload)
  })

  it('ignores what is said of another upload', () => {
    const sending = play(announced)
    for (const event of [announced, half, { type: 'done', result }, { type: 'cancel' }] satisfies UploadEvent[]) {
      expect(reduceUpload(sending, { ...event, token: token - 1 })).toBe(sending)
    }
  })

  it('offers another try only where it may go better', () => {
    const failed = (code: string) => play({ type: 'failed', failure: { code, message: '' } })
    expect(canRetry(play({ type: 'cancel' }))).toBe(true)
    expect(canRetry(failed('lost'))).toBe(true)
    expect(canRetry(failed('unreadable'))).toBe(false)
    const refuse = (action: { file?: File }) =>
      reduceUpload(idleUpload, { type: 'refuse', failure: { code: 'too-large', message: '' }, ...action })
    expect(canRetry(refuse({ file }))).toBe(false)
    expect(canRetry(refuse({}))).toBe(false)
    expect(canRetry(play())).toBe(false)
  })

  it('is announced by phase, not by progress', () => {
    const sending = play()
    expect(describeUpload(after(sending, half), 1500, 'open').announcement).toBe(
      describeUpload(sending, 1000, 'idle').announcement,
    )
  })

  it('promises no time left, and no rate, where no progress came', () => {
    const moving = play(announced, half)
    expect(describeUpload(moving, 3500, 'open').detail).toMatch(/ left$/)
    expect(describeUpload(moving, 4600, 'open').detail).toBe('1 KiB of 2 KiB · no progress for 3 s')
    expect(describeUpload(play(announced), 4600, 'open').detail).toBe('0 B of 2 KiB · no progress for 3 s')
  })

  it('says that its progress cannot be followed', () => {
    const sending = play(announced)
    const blind = { detail: 'Progress is not available: reconnecting', percent: undefined }
    expect(describeUpload(sending, 1000, 'reconnecting')).toMatchObject(blind)
    expect(describeUpload(sending, 1000, 'closed').detail).toBe('Progress is not available')
    expect(describeUpload(sending, 1000, 'connecting').detail).toBe('0 B of 2 KiB')
    expect(describeUpload(sending, 4000, 'connecting').detail).toBe('Progress is not available: connecting')
    expect(describeUpload(after(sending, half), 1500, 'reconnecting')).toMatchObject({
      detail: '1 KiB of 2 KiB · progress is not available: reconnecting',
      percent: 50,
    })
  })
})

describe('the name of a file', () => {
  it('cannot turn the text around it', () => {
    expect(nameOf({ name: 'a\u202Eb\u2066c\u2069\nd.txt' })).toBe('abcd.txt')
    expect(nameOf({ name: '\u202E' })).toBe('unnamed')
  })

  it('keeps its end where it is long', () => {
    const long = `${'x'.repeat(100)}.tar.gz`
    expect(splitName('notes.txt')).toEqual(['notes.txt', ''])
    expect(splitName(long).join('')).toBe(long)
    expect(splitName(long)[1]).toBe('xxxxx.tar.gz')
    expect(shortNameOf({ name: long })).toMatch(/^x+…x+\.tar\.gz$/)
    expect(shortNameOf({ name: long })).toHaveLength(48)
    expect(shortNameOf({ name: '👩‍🚀'.repeat(100) })).toMatch(/^(👩‍🚀)+…(👩‍🚀)+$/u)
  })
})

describe('the vertical axis of a chart', () => {
  it('ends at a value whose half is round', () => {
    expect([20, 21, 60, 61, 100, 101, 4, 5].map((value) => topOf(value, 10))).toEqual([20, 40, 60, 80, 100, 200, 4, 6])
    expect([64, 65, 90, 97, 120].map((value) => topOf(value * 2 ** 20, 2) / 2 ** 20)).toEqual([64, 80, 96, 112, 128])
  })

  it('is not ruled by peaks', () => {
    const steady = { values: [1, null, 2, 1] }
    expect(largestOf([{ values: [] }])).toBe(0)
    expect(largestOf([steady, { values: [50] }])).toBe(50)
    expect(largestOf([steady])).toBe(2)
    expect(largestOf([steady, { values: [3, 5], isPeak: true }])).toBe(3)
    expect(largestOf([steady, { values: [100, 200], isPeak: true }])).toBe(8)
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

  it('say for how long nothing has come', () => {
    const open = { ...connection, status: 'open' } as const
    expect(describeConnection(open, 10_000, 8000)).toMatchObject({ tone: 'good', label: 'Live' })
    expect(describeConnection(open, 10_000, 7000)).toMatchObject({ label: 'Silent', detail: 'No sample for 3 s' })
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
    expect([1, 1000, 1536, 10 * 2 ** 20, 1.4 * 2 ** 30].map(formatRate)).toEqual([
      '1 B/s',
      '1000 B/s',
      '1.50 KiB/s',
      '10.0 MiB/s',
      '1.40 GiB/s',
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
