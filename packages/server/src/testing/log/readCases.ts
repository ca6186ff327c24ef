import { expectEqual } from './expectEqual.ts'
import { type LogCases, type LogFixture, seqsOf } from './logFixture.ts'

/** What is said of `read`, where everything is kept. */
export const readCases: LogCases = {
  async 'merges what came in several channels, in the order of seq'({ here, a, b, c, append, readAll }) {
    const { seq } = await here.head()
    const seqs: number[] = []
    for (const channel of [a, b, b, c, a, c]) seqs.push(await append(channel, 1))
    const { entries, gaps } = await readAll([a, b, c].map((channel) => [channel, seq]))
    expectEqual(seqsOf(entries), seqs)
    expectEqual(
      entries.map((entry) => entry.channel),
      [a, b, b, c, a, c],
    )
    expectEqual(gaps, [])
  },

  async 'begins in each channel after a position of its own'({ a, b, append, readAll }) {
    const seqs: number[] = []
    for (const channel of [a, b, a, b]) seqs.push(await append(channel, 1))
    const { entries } = await readAll([
      [a, seqs[0] ?? 0],
      [b, seqs[2] ?? 0],
    ])
    expectEqual(seqsOf(entries), seqs.slice(2))
  },

  ...Object.fromEntries(
    [1, 2, 3, 7].map((limit) => [
      `comes in pages of about ${limit}, of which each begins where the last one ended`,
      (fixture: LogFixture) => readInPages(fixture, limit),
    ]),
  ),

  async 'reads no event of a channel again whose position is beyond the page'({ here, a, b, append, readAll }) {
    const { seq } = await here.head()
    const seqs: number[] = []
    for (const channel of [a, a, b, a, b]) seqs.push(await append(channel, 1))
    const { entries } = await readAll(
      [
        [a, seq],
        [b, seqs[2] ?? 0],
      ],
      1,
    )
    expectEqual(seqsOf(entries), seqs.toSpliced(2, 1))
  },

  async 'finds nothing, and no gap, after the last event and in a channel that has none'({ here, a, b, append }) {
    const seq = await append(a, 1)
    const head = await here.head()
    const positions = new Map([
      [a, seq],
      [b, head.seq],
    ])
    expectEqual(await here.read(positions, 100), { epoch: head.epoch, entries: [], gaps: [], isEnd: true })
  },
}

async function readInPages({ here, a, b, c, append, readAll }: LogFixture, limit: number): Promise<void> {
  const { seq } = await here.head()
  const seqs: number[] = []
  for (let i = 0; i < 12; i++) seqs.push(await append([a, b, a, c][i % 4] ?? a, i))
  const { entries } = await readAll(
    [a, b, c].map((channel) => [channel, seq]),
    limit,
  )
  expectEqual(seqsOf(entries), seqs)
}
