import { createMemoryLog, type SSELog } from '@tidewire/server'

/** A log in memory that can be slow, and whose feed can miss what is published. */
export interface UnsteadyLog extends SSELog {
  /** Whether the feed misses everything. When it no longer does, it says that it did. */
  isCut: boolean
  /** The channels of which the feed misses everything, and does not say so. */
  readonly lost: Set<string>
  /** Hands out one event a read, and none after so many reads, until what it returns is called. */
  hold: (after: number) => () => void
}

export function createUnsteadyLog(): UnsteadyLog {
  const memory = createMemoryLog()
  const lapses = new Set<() => void>()
  const lost = new Set<string>()
  let isCut = false
  let reads = Infinity
  let readable: Promise<void> | undefined
  return {
    append: (drafts, key) => memory.append(drafts, key),
    head: () => memory.head(),
    read: async (after, limit) => {
      if (--reads < 0) await readable
      return memory.read(after, readable ? 1 : limit)
    },
    last: (channels) => memory.last(channels),
    attach(listener) {
      lapses.add(() => listener.onLapse())
      return memory.attach({
        onEntries: (entries) => isCut || listener.onEntries(entries.filter(({ channel }) => !lost.has(channel))),
        onLapse: () => listener.onLapse(),
        onEpoch: (epoch) => listener.onEpoch(epoch),
        onError: (error) => listener.onError(error),
      })
    },
    close: () => memory.close(),
    lost,
    get isCut() {
      return isCut
    },
    set isCut(value) {
      isCut = value
      if (!isCut) for (const lapse of lapses) lapse()
    },
    hold(after) {
      const { promise, resolve } = Promise.withResolvers<void>()
      reads = after
      readable = promise
      return resolve
    },
  }
}
