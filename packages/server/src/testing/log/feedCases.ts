import { expectClosed, expectEqual } from './expectEqual.ts'
import { listenTo } from './listenTo.ts'
import { draftsOf, type LogCases, NOTHING, seqsOf } from './logFixture.ts'

/** What is said of `attach` and of feeds. */
export const feedCases: LogCases = {
  async 'hears what is appended to the channels it follows, whoever appends, in the order of seq'(fixture) {
    const { here, there, a, b, c } = fixture
    const { entries, heard } = await listenTo(here, [a, b])
    const seqs: number[] = []
    for (const [channel, log] of [
      [a, here],
      [c, here],
      [b, there],
      [a, there],
      [c, there],
      [a, here],
    ] as const) {
      const appended = await log.append(draftsOf([channel], NOTHING))
      if (channel !== c) seqs.push(...appended.seqs)
    }
    await heard(4)
    expectEqual(seqsOf(entries), seqs)
  },

  async 'hears the events of one append once each, and of them only what it follows'(fixture) {
    const { here, there, a, b, c, append } = fixture
    const { feed, heard } = await listenTo(here, [a, b])
    await feed.follow([a, b])
    const { seqs } = await there.append(draftsOf([a, c, b, a]))
    await append(a, 'after')
    const entries = await heard(4)
    expectEqual(seqsOf(entries).slice(0, 3), [seqs[0], seqs[2], seqs[3]])
    expectEqual(
      entries.map(({ channel }) => channel),
      [a, b, a, a],
    )
  },

  async 'hears with a repeated key nothing more'({ here, there, a, append }) {
    const { heard } = await listenTo(here, [a])
    const key = crypto.randomUUID()
    await here.append(draftsOf([a]), key)
    await there.append(draftsOf([a]), key)
    await append(a, 'after')
    expectEqual(
      (await heard(2)).map(({ data }) => data),
      ['1', '"after"'],
    )
  },

  async 'misses nothing between a channel it begins to follow and what is read then'(fixture) {
    const { here, a, append, readAll } = fixture
    const { seq: start } = await here.head()
    const appends = Array.from({ length: 50 }, (_, i) => append(a, i))
    const { entries, heard } = await listenTo(here, [a])
    appends.push(...Array.from({ length: 50 }, (_, i) => append(a, 50 + i)))
    const page = await readAll([[a, start]])
    const seqs = await Promise.all(appends)
    await append(a, 'end')
    while (!entries.some(({ data }) => data === '"end"')) await heard(entries.length + 1)
    const known = new Set(seqsOf([...page.entries, ...entries]))
    expectEqual(
      seqs.filter((seq) => !known.has(seq)),
      [],
    )
  },

  async 'hears nothing of a channel after it has left it, and all of it after it came back'(fixture) {
    const { here, a, b, append } = fixture
    const { feed, heard } = await listenTo(here, [a, b])
    feed.unfollow([a])
    await append(a, 'left')
    await append(b, 'still here')
    await heard(1)
    await feed.follow([a])
    await append(a, 'back')
    expectEqual(
      (await heard(2)).map(({ data }) => data),
      ['"still here"', '"back"'],
    )
  },

  async 'hears nothing after its end, and others hear on'({ here, a, b, append }) {
    const ended = await listenTo(here, [a])
    const other = await listenTo(here, [a])
    await Promise.all([ended.feed.close(), ended.feed.close()])
    await append(a, 1)
    await other.heard(1)
    expectEqual(ended.entries, [])
    await expectClosed(ended.feed.follow([b]))
    ended.feed.unfollow([a])
    await ended.feed.close()
  },

  async 'goes on when a listener throws, which is told so itself'({ here, a, append }) {
    const failure = new Error('listener')
    const failing = await listenTo(here, [a], () => {
      throw failure
    })
    const other = await listenTo(here, [a])
    await append(a, 1)
    await append(a, 2)
    await Promise.all([failing.heard(2), other.heard(2)])
    expectEqual(
      failing.errors.map((error) => error === failure),
      [true, true],
    )
    expectEqual(other.errors, [])
  },
}
