import { expectEqual, expectThat } from './expectEqual.ts'
import { listenTo } from './listenTo.ts'
import { draftsOf, KEEP, type LogCases, seqsOf } from './logFixture.ts'

/** What is said of `append` and `head`. */
export const appendCases: LogCases = {
  async 'gives each event a seq above all before it, whoever appends'({ here, there, a, b }) {
    const seqs = [(await here.head()).seq]
    for (const log of [here, there, here]) seqs.push(...(await log.append(draftsOf([a, b, a]))).seqs)
    expectEqual(
      seqs,
      [...new Set(seqs)].toSorted((x, y) => x - y),
    )
    expectEqual(seqs.length, 10)
  },

  async 'is one step: nothing comes between its events'({ here, there, a, b, c }) {
    const appends = Array.from({ length: 20 }, (_, i) => (i % 2 ? here : there).append(draftsOf([a, b, c])))
    const groups = (await Promise.all(appends)).map(({ seqs }) => seqs)
    const inOrder = groups.toSorted((x, y) => (x[0] ?? 0) - (y[0] ?? 0)).flat()
    expectEqual(
      inOrder,
      inOrder.toSorted((x, y) => x - y),
    )
    expectEqual(new Set(inOrder).size, 60)
  },

  async 'names the epoch in words that an id can hold, the same everywhere'({ here, there, a }) {
    const { epoch } = await here.append(draftsOf([a]))
    expectThat(/^[\w-]{1,64}$/.test(epoch), `an epoch of letters, digits, - and _, got ${epoch}`)
    expectEqual((await there.head()).epoch, epoch)
    expectEqual((await here.read(new Map(), 1)).epoch, epoch)
  },

  async 'names with each event the one before it in its channel'({ here, a, b, append, readAll }) {
    const start = await append(a, 0, { ...KEEP, maxEvents: 1 })
    await append(b, 0)
    const { seqs } = await here.append(draftsOf([a, b, a]))
    const { entries } = await readAll([[a, start]])
    expectEqual(
      entries.map(({ seq, prev }) => [seq, prev]),
      [
        [seqs[0], start],
        [seqs[2], seqs[0]],
      ],
    )
  },

  async 'is done once for each key, and answers the same again'({ here, there, a, readAll }) {
    const { seq } = await here.head()
    const key = crypto.randomUUID()
    const drafts = draftsOf([a])
    const answers = await Promise.all([here.append(drafts, key), there.append(drafts, key)])
    answers.push(await here.append(drafts, key))
    for (const answer of answers) expectEqual(answer, answers[0])
    expectEqual(seqsOf((await readAll([[a, seq]])).entries), answers[0].seqs)
  },

  async 'takes another key for another append'({ here, a }) {
    const first = await here.append(draftsOf([a]), crypto.randomUUID())
    const second = await here.append(draftsOf([a]), crypto.randomUUID())
    expectThat((second.seqs[0] ?? 0) > (first.seqs[0] ?? Infinity), 'a seq above the first')
  },

  async 'keeps every word of an event'({ here, there, a, readAll }) {
    const { seq } = await here.head()
    const feed = await listenTo(here, [a])
    const except = ['o1', 'ü', { origin: 'o1' }, { identity: 'ü', origin: 'o1' }]
    const draft = { channel: a, event: 'ü#/%', data: '"→ 😀\\n\\u0000"', except, isTerminal: true }
    await there.append([{ ...draft, retention: KEEP }])
    const [entry] = await feed.heard(1)
    expectEqual(entry, { ...draft, seq: entry?.seq, prev: entry?.prev })
    expectEqual((await readAll([[a, seq]])).entries, [entry])
    expectEqual(await here.last([a]), [entry])
  },

  async 'has a head that is at least at what was appended before'({ here, there, a, append }) {
    const seq = await append(a, 1)
    for (const log of [here, there]) expectThat((await log.head()).seq >= seq, `a head of ${seq} at least`)
  },
}
