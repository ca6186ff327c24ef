import { expectEqual } from './expectEqual.ts'
import { KEEP, type LogCases, type LogFixture, NOTHING, seqsOf } from './logFixture.ts'

/** What is said of `read`, where something is gone: a replay is whole, or there is a gap. PROTOCOL.md, 8.2. */
export const keepCases: LogCases = {
  async 'tells of a gap where an event after the position is gone, and gives nothing of that channel'(fixture) {
    const { here, a, b, append, readAll } = fixture
    const { seq: start } = await here.head()
    const two = { ...KEEP, maxEvents: 2 }
    const gone = await append(a, 1, two)
    const other = await append(b, 2)
    await append(a, 3, two)
    await append(a, 4, two)
    const { entries, gaps } = await readAll([
      [a, start],
      [b, start],
    ])
    expectEqual(gaps, [a])
    expectEqual(seqsOf(entries), [other])
    const { gaps: none, entries: rest } = await readAll([[a, gone]])
    expectEqual(none, [])
    expectEqual(
      rest.map((entry) => entry.data),
      ['3', '4'],
    )
  },

  async 'takes any position between two events for that after the first'({ a, b, append, readAll }) {
    await append(a, 1, { ...KEEP, maxEvents: 1 })
    const between = await append(b, 1)
    await append(b, 1)
    const seq = await append(a, 2, { ...KEEP, maxEvents: 1 })
    const { entries, gaps } = await readAll([[a, between]])
    expectEqual(seqsOf(entries), [seq])
    expectEqual(gaps, [])
  },

  async 'has a gap wherever a channel that keeps nothing had an event'({ here, a, append, readAll }) {
    const { seq: start } = await here.head()
    const seq = await append(a, 1, NOTHING)
    expectEqual((await readAll([[a, start]])).gaps, [a])
    expectEqual(await readAll([[a, seq]]), { entries: [], gaps: [] })
  },

  async 'keeps as much payload of a channel as it may'({ a, append, readAll }) {
    const six = { ...KEEP, maxBytes: 6 }
    const first = await append(a, 'a', six)
    const second = await append(a, 'b', six)
    await append(a, 'c', six)
    expectEqual((await readAll([[a, first - 1]])).gaps, [a])
    expectEqual(
      (await readAll([[a, first]])).entries.map(({ data }) => data),
      ['"b"', '"c"'],
    )
    // What is too large takes along what was before it: there is never a hole.
    const large = await append(a, 'large', six)
    expectEqual((await readAll([[a, second]])).gaps, [a])
    expectEqual(await readAll([[a, large]]), { entries: [], gaps: [] })
  },

  async 'keeps no event beyond its age'({ here, a, b, append, readAll }) {
    const { seq: start } = await here.head()
    await append(a, 1, { ...KEEP, maxAge: 30 })
    const last = await append(b, 1, { ...KEEP, maxAge: 30, last: true })
    await untilGap({ here, a }, start)
    const { entries, gaps } = await readAll([[b, start]])
    expectEqual(seqsOf(entries), [last])
    expectEqual(gaps, [])
  },

  async 'goes by what the last event says is kept'({ a, append, readAll }) {
    const first = await append(a, 1)
    await append(a, 2)
    await append(a, 3, { ...KEEP, maxEvents: 1 })
    expectEqual((await readAll([[a, first]])).gaps, [a])
  },

  async 'finds an event that is retained as the last one'({ a, append, readAll }) {
    const last = { ...NOTHING, last: true }
    const seq = await append(a, 1, last)
    expectEqual(seqsOf((await readAll([[a, seq - 1]])).entries), [seq])
    const next = await append(a, 2, last)
    expectEqual((await readAll([[a, seq - 1]])).gaps, [a])
    expectEqual(seqsOf((await readAll([[a, seq]])).entries), [next])
  },
}

/** Waits until the log has let an event go. */
async function untilGap({ here, a }: Pick<LogFixture, 'here' | 'a'>, start: number): Promise<void> {
  const isGap = async () => (await here.read(new Map([[a, start]]), 1)).gaps.has(a)
  for (let tries = 0; tries < 200; tries++) {
    if (await isGap()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('Expected an event of 30 ms to be gone after 2 s.')
}
