import { describe, expect, it } from 'vitest'
import { createMemoryLog, type LogEntry, type SSELog } from '../../index.ts'
import { describeLog } from '../index.ts'

/** Runs the suite without a runner. Returns the titles of what has failed, or taken longer than `patience`. */
async function failuresOf(openLog: () => SSELog, patience = 100): Promise<string[]> {
  const failed: string[] = []
  const tests: [title: string, test: () => Promise<void>][] = []
  const open = () => {
    const log = openLog()
    return { here: log, there: log }
  }
  describeLog('a log', open, {
    describe: (_, suite) => suite(),
    it: (title, test) => tests.push([title, test]),
  })
  // One that waits for what never comes is a failure of the runner's.
  const overdue = Symbol('overdue')
  for (const [title, test] of tests) {
    const late = Promise.withResolvers<typeof overdue>()
    const timer = setTimeout(late.resolve, patience, overdue)
    const outcome = await Promise.race([test().catch((error: unknown) => error), late.promise])
    clearTimeout(timer)
    if (outcome !== undefined) failed.push(title)
  }
  return failed
}

/** A log that differs from one that is right in some of its methods. */
function broken(change: (log: SSELog) => Partial<SSELog>): () => SSELog {
  return () => {
    const log = createMemoryLog()
    const methods: SSELog = {
      append: (...args) => log.append(...args),
      head: () => log.head(),
      read: (...args) => log.read(...args),
      last: (...args) => log.last(...args),
      attach: (...args) => log.attach(...args),
      close: () => log.close(),
    }
    return { ...methods, ...change(log) }
  }
}

const withEntries = (change: (entries: readonly LogEntry[]) => readonly LogEntry[]) =>
  broken((log) => ({
    attach: (listener) => log.attach({ ...listener, onEntries: (heard) => listener.onEntries(change(heard)) }),
  }))

describe('describeLog', () => {
  it('finds nothing in a log that is right', async () => {
    expect(await failuresOf(createMemoryLog, 5000)).toEqual([])
    expect(
      await failuresOf(
        broken(() => ({})),
        5000,
      ),
    ).toEqual([])
  })

  it.for<[fault: string, openLog: () => SSELog, title: string]>([
    [
      'appends again with the same key',
      broken((log) => ({ append: (drafts) => log.append(drafts) })),
      'is done once for each key, and answers the same again',
    ],
    [
      'appends one event at a time',
      broken((log) => ({
        async append(drafts, key) {
          const { epoch } = await log.head()
          const seqs: number[] = []
          for (const [index, draft] of drafts.entries()) {
            seqs.push(...(await log.append([draft], key && `${key}/${index}`)).seqs)
          }
          return { epoch, seqs }
        },
      })),
      'is one step: nothing comes between its events',
    ],
    [
      'has a head that lags',
      broken((log) => ({ head: async () => ({ ...(await log.head()), seq: 0 }) })),
      'has a head that is at least at what was appended before',
    ],
    [
      'never says that something is gone',
      broken((log) => ({ read: async (...args) => ({ ...(await log.read(...args)), gaps: new Set() }) })),
      'has a gap wherever a channel that keeps nothing had an event',
    ],
    [
      'says that all was read when it was not',
      broken((log) => ({ read: async (...args) => ({ ...(await log.read(...args)), isEnd: true }) })),
      'comes in pages of about 3, of which each begins where the last one ended',
    ],
    [
      'keeps no end',
      broken((log) => ({ last: async (...args) => (await log.last(...args)).filter(({ isTerminal }) => !isTerminal) })),
      'is the end of a channel that is over, even of one that keeps nothing',
    ],
    [
      'feeds everything twice',
      withEntries((heard) => [...heard, ...heard]),
      'hears the events of one append once each, and of them only what it follows',
    ],
    [
      'feeds nothing',
      withEntries(() => []),
      'hears what is appended to the channels it follows, whoever appends, in the order of seq',
    ],
    [
      'forgets who is not to get it',
      withEntries((heard) => heard.map((entry) => ({ ...entry, except: undefined }))),
      'keeps every word of an event',
    ],
    [
      'feeds what was left',
      broken((log) => ({ attach: (listener) => ({ ...log.attach(listener), follow: async () => {} }) })),
      'hears nothing of a channel after it has left it, and all of it after it came back',
    ],
    [
      'goes on after its end',
      broken((log) => ({ close: async () => {}, head: () => log.head() })),
      'refuses everything after its end',
    ],
  ])('finds a log that %s', async ([, openLog, title]) => {
    expect(await failuresOf(openLog)).toContain(title)
  })
})
