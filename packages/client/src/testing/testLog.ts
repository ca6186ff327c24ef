import { formatPosition, parsePosition } from '@tidewire/protocol'

/** The log that a hub would have, as far as its ids go. PROTOCOL.md, 7.1. */
export interface TestLog {
  /** The id of the last event. */
  readonly cursor: string
  /** The id of one more event. */
  next: () => string
  /** Goes on from an id that a test has given, unless it lies behind. */
  moveTo: (id: string) => void
}

/** What the hub's part of a connection has to know. */
export interface HubContext {
  readonly log: TestLog
  /** The id of the connection. */
  readonly connection: string
  /** The last change of its set; 0 for none. */
  readonly lastRev: () => number
}

/** Creates a log without events. */
export function createTestLog(): TestLog {
  let last = { epoch: 'test', seq: 0 }
  return {
    get cursor() {
      return formatPosition(last)
    },
    next() {
      last = { ...last, seq: last.seq + 1 }
      return formatPosition(last)
    },
    moveTo(id) {
      const position = parsePosition(id)
      if (position && (position.epoch !== last.epoch || position.seq > last.seq)) last = position
    },
  }
}
