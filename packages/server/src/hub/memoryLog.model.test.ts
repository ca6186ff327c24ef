import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listen } from '../../test/listen.ts'
import { LogModel } from '../../test/logModel.ts'
import type { Retention, SSELog } from './log.ts'
import { createMemoryLog, type MemoryLogOptions } from './memoryLog.ts'

const retentions: Record<string, Retention> = {
  all: { maxEvents: Infinity, maxBytes: Infinity, maxAge: Infinity, last: false },
  nothing: { maxEvents: 0, maxBytes: 0, maxAge: 0, last: false },
  last: { maxEvents: 0, maxBytes: 0, maxAge: 0, last: true },
  few: { maxEvents: 3, maxBytes: Infinity, maxAge: 50, last: false },
  small: { maxEvents: 10, maxBytes: 8, maxAge: Infinity, last: true },
  young: { maxEvents: Infinity, maxBytes: Infinity, maxAge: 20, last: false },
}
const channels = Object.keys(retentions)

const channel = fc.constantFrom(...channels)
const draft = fc.record({
  channel,
  event: fc.constant('e'),
  data: fc.string({ minLength: 1, maxLength: 9 }),
  isTerminal: fc.boolean(),
})
const step = fc.oneof(
  fc.record({ append: fc.array(draft, { minLength: 1, maxLength: 3 }) }),
  // Positions are shares of the way from the beginning to the head.
  fc.record({
    read: fc.dictionary(channel, fc.double({ min: 0, max: 1, noNaN: true })),
    limit: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({ wait: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ follow: channel }),
  fc.record({ unfollow: channel }),
)

type CompareGaps = (gaps: ReadonlySet<string>, expected: string[]) => void

/** Runs steps on a log and on the model, and compares all that is read and heard. */
function compare(options: MemoryLogOptions, compareGaps: CompareGaps): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const model = new LogModel()
      const log = createMemoryLog({ ...options, now: () => model.time })
      const { feed, entries } = await listen(log, [])
      for (const step of steps) {
        if ('append' in step) {
          const drafts = step.append.map((draft) => ({ ...draft, retention: retentions[draft.channel] as Retention }))
          model.append(drafts)
          await log.append(drafts)
        } else if ('read' in step) {
          const shares = Object.entries(step.read)
          const after = new Map(shares.map(([name, share]) => [name, Math.round(share * model.seq)]))
          await compareRead(log, model, after, step.limit, compareGaps)
        } else if ('wait' in step) {
          model.time += step.wait
        } else if ('follow' in step) {
          model.followed.add(step.follow)
          await feed.follow([step.follow])
        } else {
          model.followed.delete(step.unfollow)
          feed.unfollow([step.unfollow])
        }
      }
      expect(entries.map(({ seq }) => seq)).toEqual(model.heard)
      const found = (await log.last(channels)).map(({ channel }) => channel)
      compareGaps(new Set(channels.filter((name) => !found.includes(name))), model.without(channels))
    }),
    { numRuns: 500 },
  )
}

async function compareRead(
  log: SSELog,
  model: LogModel,
  after: ReadonlyMap<string, number>,
  limit: number,
  compareGaps: CompareGaps,
): Promise<void> {
  const { read, gaps } = await readAll(log, after, limit)
  const whole = [...after].filter(([name]) => !gaps.has(name))
  expect(read).toEqual(model.after(whole).map(({ seq }) => seq))
  compareGaps(gaps, model.gaps(after))
}

/** Reads page by page, as the interface says, without an append between. */
async function readAll(log: SSELog, after: ReadonlyMap<string, number>, limit: number) {
  let page = await log.read(after, limit)
  const { gaps } = page
  const read = page.entries.map(({ seq }) => seq)
  while (!page.isEnd) {
    expect(page.entries).toHaveLength(limit)
    const position = read.at(-1) ?? Number.NaN
    const whole = [...after].filter(([name]) => !gaps.has(name))
    page = await log.read(new Map(whole.map(([name, seq]) => [name, Math.max(seq, position)])), limit)
    expect(page.gaps.size).toBe(0)
    expect(page.entries).not.toEqual([])
    read.push(...page.entries.map(({ seq }) => seq))
  }
  return { read, gaps }
}

describe('createMemoryLog, beside a log that keeps everything', () => {
  it('has gaps exactly where its retention makes them', () =>
    compare({}, (gaps, expected) => expect([...gaps].toSorted()).toEqual(expected.toSorted())))

  it.for([
    { maxBytes: 1200, maxIdleChannels: 1 },
    { maxBytes: 600, maxIdleChannels: 0 },
  ])('has no hole without a gap, however little it may keep and remember: %j', (options) =>
    compare(options, (gaps, expected) => expect([...gaps]).toEqual(expect.arrayContaining(expected))),
  )
})
