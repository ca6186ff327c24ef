import type { LogEntry, LogFeed, LogListener, SSELog } from '../../hub/log.ts'

/** A feed with what it has heard. */
export interface Listening {
  readonly feed: LogFeed
  readonly entries: LogEntry[]
  readonly errors: unknown[]
  /** Waits until so many events were heard, and returns them all. */
  heard(count: number): Promise<LogEntry[]>
}

/** Attaches to a log and follows channels of it. */
export async function listenTo(
  log: SSELog,
  channels: readonly string[],
  onEntries: LogListener['onEntries'] = () => {},
): Promise<Listening> {
  const entries: LogEntry[] = []
  const errors: unknown[] = []
  const waiting = new Set<() => void>()
  const feed = log.attach({
    onEntries(heard) {
      entries.push(...heard)
      for (const check of waiting) check()
      onEntries(heard)
    },
    onLapse() {},
    onEpoch() {},
    onError: (error) => void errors.push(error),
  })
  await feed.follow(channels)
  return {
    feed,
    entries,
    errors,
    async heard(count) {
      await new Promise<void>((resolve) => {
        const check = () => {
          if (entries.length < count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
      return entries
    },
  }
}
