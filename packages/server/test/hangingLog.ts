import { createMemoryLog } from '../src/hub/memoryLog.ts'
import type { LogFeed, SSELog } from '../src/hub/log.ts'

type Method = 'head' | 'last' | 'read' | 'follow'

/** A log in memory that can be made not to answer. */
export interface HangingLog extends SSELog {
  /** Has so many calls of a method from now on wait until what is returned is called. */
  hang(method: Method, count?: number): () => void
}

export function createHangingLog(): HangingLog {
  const memory = createMemoryLog()
  let hanging: { readonly method: Method; count: number; readonly released: Promise<void> } | undefined
  const ask = async <T>(method: Method, call: () => Promise<T>): Promise<T> => {
    if (hanging?.method === method && hanging.count-- > 0) await hanging.released
    return call()
  }
  return {
    hang(method, count = Infinity) {
      const { promise: released, resolve } = Promise.withResolvers<void>()
      hanging = { method, count, released }
      return resolve
    },
    append: (drafts, key) => memory.append(drafts, key),
    head: () => ask('head', () => memory.head()),
    read: (after, limit) => ask('read', () => memory.read(after, limit)),
    last: (channels) => ask('last', () => memory.last(channels)),
    attach(listener): LogFeed {
      const feed = memory.attach(listener)
      return {
        follow: (channels) => ask('follow', () => feed.follow(channels)),
        unfollow: (channels) => feed.unfollow(channels),
        close: () => feed.close(),
      }
    },
    close: () => memory.close(),
  }
}
