import { expectClosed, expectClosedError, expectEqual } from './expectEqual.ts'
import { listenTo } from './listenTo.ts'
import { draftsOf, type LogCases, NOTHING } from './logFixture.ts'

/** What is said of channels that are forgotten, and of `close`. */
export const endCases: LogCases = {
  async 'remembers a channel that somebody follows'({ here, a, b, append, readAll }) {
    await listenTo(here, [a])
    const seq = await append(a, 1, NOTHING)
    await append(b, 1, NOTHING)
    expectEqual((await readAll([[a, seq]])).gaps, [])
    const next = await append(a, 2)
    expectEqual(
      (await readAll([[a, seq]])).entries.map((entry) => [entry.seq, entry.prev]),
      [[next, seq]],
    )
  },

  async 'refuses everything after its end'({ here, a }) {
    const { entries } = await listenTo(here, [a])
    await Promise.all([here.close(), here.close()])
    await expectClosed(here.append(draftsOf([a])))
    await expectClosed(here.head())
    await expectClosed(here.read(new Map([[a, 0]]), 1))
    await expectClosed(here.last([a]))
    let refusal: unknown
    try {
      here.attach({ onEntries() {}, onLapse() {}, onEpoch() {}, onError() {} })
    } catch (error) {
      refusal = error
    }
    expectClosedError(refusal)
    expectEqual(entries, [])
  },
}
