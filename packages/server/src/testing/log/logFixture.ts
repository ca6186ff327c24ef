import type { LogDraft, LogEntry, Retention, SSELog } from '../../hub/log.ts'

/** A log as two processes have it; where there can be only one, both are the same. */
export interface LogPair {
  readonly here: SSELog
  readonly there: SSELog
}

/** What each case has. A log may outlive a case, so each one has channels of its own. */
export interface LogFixture extends LogPair {
  readonly a: string
  readonly b: string
  readonly c: string
  /** Appends one event, over there, and returns its seq. */
  append: (channel: string, data: unknown, retention?: Retention, more?: Partial<LogDraft>) => Promise<number>
  /** Reads all that came after the positions, page by page, here. */
  readAll: (
    after: Iterable<[string, number]>,
    limit?: number,
  ) => Promise<{ entries: LogEntry[]; gaps: ReadonlySet<string> }>
}

/** Cases by their titles. */
export type LogCases = Readonly<Record<string, (fixture: LogFixture) => Promise<void>>>

/** Keeps as much as any case needs. */
export const KEEP: Retention = { maxEvents: 100, maxBytes: 100_000, maxAge: 3_600_000, last: false }
/** Keeps nothing. */
export const NOTHING: Retention = { maxEvents: 0, maxBytes: 0, maxAge: 0, last: false }

/** An event for each of these channels. */
export function draftsOf(channels: readonly string[], retention: Retention = KEEP): LogDraft[] {
  return channels.map((channel) => ({ channel, event: 'e', data: '1', retention }))
}

/** Makes what a case has. */
export function createLogFixture({ here, there }: LogPair): LogFixture {
  const name = crypto.randomUUID()
  return {
    here,
    there,
    a: `a/${name}`,
    b: `b/${name}`,
    c: `c/${name}`,
    async append(channel, data, retention = KEEP, more = {}) {
      const { seqs } = await there.append([{ channel, event: 'e', data: JSON.stringify(data), retention, ...more }])
      return seqs[0] ?? Number.NaN
    },
    async readAll(after, limit = 100) {
      const positions = new Map(after)
      const entries: LogEntry[] = []
      for (let pages = 0; pages < 1000; pages++) {
        const page = await here.read(positions, limit)
        entries.push(...page.entries)
        if (page.isEnd) return { entries, gaps: page.gaps }
        const last = page.entries.at(-1)?.seq ?? Number.NaN
        for (const [channel, seq] of positions) positions.set(channel, Math.max(seq, last))
      }
      throw new Error('The log has no end.')
    },
  }
}

/** The seqs of entries. */
export function seqsOf(entries: readonly LogEntry[]): number[] {
  return entries.map(({ seq }) => seq)
}
