import { describe, expect, it, vi } from 'vitest'
import { describeLog } from '../../test/describeLog.ts'
import { listen } from '../../test/listen.ts'
import type { LogDraft, Retention, SSELog } from './log.ts'
import { createMemoryLog, type MemoryLogOptions } from './memoryLog.ts'

const KEEP: Retention = { maxEvents: 100, maxBytes: 100_000, maxAge: Infinity, last: false }
const NOTHING: Retention = { maxEvents: 0, maxBytes: 0, maxAge: 0, last: false }
const LAST: Retention = { ...NOTHING, last: true }
const HOUR = 3_600_000

function draft(channel: string, retention = KEEP, data = '1'): LogDraft {
  return { channel, event: 'e', data, retention }
}

/** Opens a log whose clock stands still until it is set. */
function openLog(options?: MemoryLogOptions) {
  const clock = { now: 5_000 }
  return { log: createMemoryLog({ now: () => clock.now, ...options }), clock }
}

async function isGap(log: SSELog, channel: string, after: number): Promise<boolean> {
  return (await log.read(new Map([[channel, after]]), 1)).gaps.has(channel)
}

describeLog('createMemoryLog', () => {
  const log = createMemoryLog()
  return { here: log, there: log }
})

describe('createMemoryLog', () => {
  it('begins a life of its own each time, at 0', async () => {
    const heads = await Promise.all([createMemoryLog().head(), createMemoryLog().head()])
    expect(heads.map(({ seq }) => seq)).toEqual([0, 0])
    expect(heads[0].epoch).not.toBe(heads[1].epoch)
  })

  it('refuses options that make no sense', () => {
    expect(() => createMemoryLog({ maxBytes: -1 })).toThrow(
      new TypeError('Expected `maxBytes` to be a number of bytes from 0, got -1.'),
    )
    expect(() => createMemoryLog({ maxIdleChannels: Number.NaN })).toThrow('`maxIdleChannels`')
    expect(() => createMemoryLog({ now: 5 as never })).toThrow('`now`')
    expect(() => createMemoryLog({ maxSize: 5 } as never)).toThrow(
      'Expected the options of a memory log to be among maxBytes, maxIdleChannels, now, got "maxSize".',
    )
  })

  describe('feeds', () => {
    it('tells each feed of an append at once, in one piece', async () => {
      const log = createMemoryLog()
      const onEntries = vi.fn()
      await listen(log, ['a', 'b'], onEntries)
      const appending = log.append([draft('a'), draft('c'), draft('b')])
      expect(onEntries).toHaveBeenCalledOnce()
      expect(onEntries).toHaveBeenCalledWith([
        expect.objectContaining({ seq: 1, channel: 'a' }),
        expect.objectContaining({ seq: 3, channel: 'b' }),
      ])
      await appending
    })

    it('tells everybody of an event before what a listener answers to it', async () => {
      const log = createMemoryLog()
      const first = await listen(log, ['a', 'b'], ([entry]) => {
        if (entry?.channel === 'a') void log.append([draft('b')])
      })
      const second = await listen(log, ['a', 'b'])
      await log.append([draft('a')])
      for (const { entries } of [first, second]) expect(entries.map(({ seq }) => seq)).toEqual([1, 2])
    })

    it('tells a feed nothing that is older than its following, or that comes after its leaving', async () => {
      const log = createMemoryLog()
      const late = await listen(log, [])
      const leaving = await listen(log, ['b'])
      const changing = await listen(log, ['a'], () => {
        void log.append([draft('b')])
        void late.feed.follow(['a', 'b'])
        leaving.feed.unfollow(['b'])
      })
      // Follows, like `late`, behind the one that makes the change.
      const behind = await listen(log, ['a'])
      await log.append([draft('a')])
      for (const { entries } of [changing, behind]) expect(entries.map(({ seq }) => seq)).toEqual([1])
      for (const { entries } of [late, leaving]) expect(entries).toEqual([])
      await log.append([draft('b')])
      expect(late.entries.map(({ seq }) => seq)).toEqual([3])
    })

    it('tells nobody anything more when a listener closes the log', async () => {
      const log = createMemoryLog()
      await listen(log, ['a'], () => void log.close())
      const other = await listen(log, ['a'])
      const { seqs } = await log.append([draft('a')])
      expect(seqs).toEqual([1])
      expect(other.entries).toEqual([])
    })

    it('tells the console of an `onError` that throws', async () => {
      const report = vi.spyOn(console, 'error').mockReturnValue()
      const log = createMemoryLog()
      const failure = new Error('onError')
      const feed = log.attach({
        onEntries() {
          throw new Error('onEntries')
        },
        onLapse() {},
        onEpoch() {},
        onError() {
          throw failure
        },
      })
      await feed.follow(['a'])
      const other = await listen(log, ['a'])
      await log.append([draft('a')])
      expect(report.mock.calls).toEqual([[failure]])
      expect(other.entries).toHaveLength(1)
      report.mockRestore()
    })
  })

  describe('bounds', () => {
    it('lets the oldest events of all channels go first, and those that are retained last', async () => {
      const { log } = openLog({ maxBytes: 4 * 257 })
      await log.append([draft('retained', LAST), draft('old'), draft('a'), draft('a')])
      expect(await isGap(log, 'old', 0)).toBe(false)
      await log.append([draft('a')])
      expect(await isGap(log, 'old', 0)).toBe(true)
      expect(await isGap(log, 'a', 0)).toBe(false)
      expect(await log.last(['retained'])).toHaveLength(1)
      await log.append([draft('b', LAST), draft('c', LAST), draft('d', LAST)])
      expect(await isGap(log, 'a', 4)).toBe(true)
      expect(await log.last(['retained', 'b', 'c', 'd'])).toHaveLength(4)
      await log.append([draft('e', LAST)])
      expect((await log.last(['retained', 'b', 'c', 'd', 'e'])).map(({ channel }) => channel)).toEqual([
        'b',
        'c',
        'd',
        'e',
      ])
      expect(await isGap(log, 'retained', 0)).toBe(true)
    })

    it('lets a last event that was retained go with the others when another came', async () => {
      const { log } = openLog({ maxBytes: 2 * 257 })
      const retained = { ...KEEP, last: true }
      await log.append([draft('a', retained), draft('b', retained), draft('a', retained)])
      expect(await isGap(log, 'a', 0)).toBe(true)
      expect(await log.last(['a', 'b'])).toHaveLength(2)
    })

    it('feeds an event that is larger than all there is', async () => {
      const { log } = openLog({ maxBytes: 300 })
      const { entries } = await listen(log, ['a'])
      await log.append([draft('a', LAST, 'x'.repeat(100))])
      expect(entries).toHaveLength(1)
      expect(await isGap(log, 'a', 0)).toBe(true)
    })

    it('forgets of the channels that keep nothing the one that was quiet longest', async () => {
      const { log } = openLog({ maxIdleChannels: 2 })
      await log.append([
        draft('a', NOTHING),
        draft('b', NOTHING),
        draft('a', NOTHING),
        draft('kept'),
        draft('c', NOTHING),
      ])
      // `b` had its last event at 2: whoever was here by then has missed nothing of it, or of a channel that never was.
      expect(await isGap(log, 'b', 2)).toBe(false)
      expect(await isGap(log, 'never', 2)).toBe(false)
      expect(await isGap(log, 'b', 1)).toBe(true)
      expect(await isGap(log, 'never', 1)).toBe(true)
      expect(await isGap(log, 'kept', 0)).toBe(false)
      expect(await isGap(log, 'a', 3)).toBe(false)
      await log.append([draft('b')])
      expect((await log.read(new Map([['b', 2]]), 1)).entries).toMatchObject([{ seq: 6, prev: 2 }])
    })

    it('forgets no channel that keeps something again', async () => {
      const { log } = openLog({ maxIdleChannels: 1 })
      await log.append([draft('a', NOTHING), draft('a'), draft('b', NOTHING), draft('c', NOTHING)])
      expect(await isGap(log, 'b', 2)).toBe(true)
      expect(await isGap(log, 'a', 1)).toBe(false)
    })

    it('forgets a channel only when its last feed has left it', async () => {
      const { log } = openLog({ maxIdleChannels: 0 })
      const [one, two] = [await listen(log, ['a']), await listen(log, ['a'])]
      await log.append([draft('a', NOTHING), draft('b', NOTHING)])
      await one.feed.follow(['a'])
      one.feed.unfollow(['a'])
      one.feed.unfollow(['a', 'never'])
      await log.append([draft('a', NOTHING), draft('b', NOTHING)])
      expect(two.entries.map(({ prev }) => prev)).toEqual([0, 1])
      expect(await isGap(log, 'a', 3)).toBe(false)
      await two.feed.close()
      // The floor never sinks.
      expect(await isGap(log, 'a', 3)).toBe(true)
      expect(await isGap(log, 'a', 4)).toBe(false)
    })

    it('frees what is past its age in channels where nothing happens', async () => {
      const { log, clock } = openLog({ maxIdleChannels: 0 })
      const second = { ...KEEP, maxAge: 1_000 }
      await log.append([draft('long'), ...Array.from({ length: 10 }, (_, i) => draft(`quiet/${i}`, second))])
      clock.now += 1_000
      for (let i = 0; i < 12; i++) await log.append([draft('busy', { ...KEEP, maxEvents: 1 })])
      // All that is freed is forgotten here, and shows in the floor.
      expect(await isGap(log, 'never', 10)).toBe(true)
      expect(await isGap(log, 'never', 11)).toBe(false)
      expect(await isGap(log, 'long', 0)).toBe(false)
    })
  })

  describe('time', () => {
    it('keeps an event until it is as old as it may be', async () => {
      const { log, clock } = openLog()
      await log.append([draft('a', { ...KEEP, maxAge: 1_000 })])
      clock.now += 999
      expect(await isGap(log, 'a', 0)).toBe(false)
      clock.now += 1
      expect(await isGap(log, 'a', 0)).toBe(true)
    })

    it('knows for an hour that a channel is over, or as long as its retention says', async () => {
      const { log, clock } = openLog()
      await log.append([
        { ...draft('a', NOTHING), isTerminal: true },
        { ...draft('b', LAST), isTerminal: true },
        { ...draft('c', { ...KEEP, maxAge: 2 * HOUR }), isTerminal: true },
      ])
      clock.now += HOUR - 1
      expect(await log.last(['a', 'b', 'c'])).toHaveLength(3)
      clock.now += 1
      expect((await log.last(['a', 'b', 'c'])).map(({ channel }) => channel)).toEqual(['b', 'c'])
      clock.now += HOUR
      expect((await log.last(['a', 'b', 'c'])).map(({ channel }) => channel)).toEqual(['b'])
    })

    it('knows a key for two minutes', async () => {
      const { log, clock } = openLog()
      await log.append([draft('a')], 'key')
      clock.now += 119_999
      expect((await log.append([draft('a')], 'key')).seqs).toEqual([1])
      clock.now += 1
      expect((await log.append([draft('a')], 'key')).seqs).toEqual([2])
    })

    it('knows the last 10,000 keys', async () => {
      const { log } = openLog()
      for (let i = 0; i <= 10_000; i++) await log.append([draft('a', NOTHING)], `${i}`)
      expect((await log.append([draft('a')], '1')).seqs).toEqual([2])
      expect((await log.append([draft('a')], '0')).seqs).toEqual([10_002])
    })
  })
})
