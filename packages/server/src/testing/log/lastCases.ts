import { expectEqual } from './expectEqual.ts'
import { KEEP, type LogCases, NOTHING, seqsOf } from './logFixture.ts'

const LAST = { ...NOTHING, last: true }

/** What is said of `last`. */
export const lastCases: LogCases = {
  async 'is the last event of each channel that retains it'({ here, a, b, c, append }) {
    await append(a, 1, LAST)
    const seqs = [await append(a, 2, LAST), await append(b, 3, { ...KEEP, last: true })]
    await append(c, 4)
    const entries = await here.last([a, b, c, `none/${a}`])
    expectEqual(
      seqsOf(entries).toSorted((x, y) => x - y),
      seqs,
    )
  },

  async 'is the end of a channel that is over, even of one that keeps nothing'({ here, a, b, append }) {
    const seqs = [await append(a, 1, NOTHING, { isTerminal: true }), await append(b, 1, KEEP, { isTerminal: true })]
    const entries = await here.last([a, b])
    expectEqual(
      seqsOf(entries).toSorted((x, y) => x - y),
      seqs,
    )
    expectEqual(
      entries.map(({ isTerminal }) => isTerminal),
      [true, true],
    )
  },

  async 'is no end any more where the channel goes on'({ here, a, b, append }) {
    await append(a, 1, NOTHING, { isTerminal: true })
    await append(a, 2, NOTHING)
    await append(b, 1, KEEP, { isTerminal: true })
    await append(b, 2, KEEP)
    expectEqual(await here.last([a, b]), [])
  },
}
