import { MAX_HEARD } from './handOff.ts'

/** How much may wait for one reader: in bytes, where nothing else is said. */
export interface ReaderBounds {
  /** The most with an event of the feed. */
  readonly maxSize: number
  /** Below it, a replay goes on. */
  readonly lowWaterMark: number
  /** The most of what the hub itself says. It counts by itself, as it may come after an event of any size. */
  readonly maxSaidSize: number
  /** The most events that are heard while the log is read. Beyond it, the log is read again. */
  readonly maxHeard: number
}

/** Below it, a replay goes on, where a reader may have twice as much. */
const LOW_WATER_MARK = 64 * 1024

/** How much more it may be than events: nothing of it can be dropped. */
const SAID_FACTOR = 4

/** What a hub may say at once to a reader that is well, whatever its limit. */
const MIN_SAID_SIZE = 256 * 1024

/** The bounds that follow from `limits.maxBufferSize`. */
export function boundsOf(maxBufferSize: number): ReaderBounds {
  return {
    maxSize: maxBufferSize,
    lowWaterMark: Math.min(LOW_WATER_MARK, maxBufferSize / 2),
    maxSaidSize: Math.max(MIN_SAID_SIZE, SAID_FACTOR * maxBufferSize),
    maxHeard: MAX_HEARD,
  }
}
