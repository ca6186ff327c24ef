import { CATCHUP, formatPosition, HELLO, LIVE, type Verdict } from '@tidewire/protocol'
import { formatFrame } from '../formatSSE.ts'
import type { Connection } from './connection.ts'
import type { Announcer } from './join.ts'

/** What a response begins with. PROTOCOL.md, 8.1. */
export function announceOpening(connection: Connection, heartbeat: number): Announcer {
  let pendingId: string | undefined
  return {
    isOpening: true,
    begin({ head, verdicts, positions }, hasRetained) {
      // Below all that is yet to be replayed, whichever channel that is of.
      const base = Math.min(head.seq, ...positions.values())
      connection.position = base
      const joined = [...positions.keys()].map((name) => [name, verdicts.get(name) ?? 'fresh'] as const)
      const refused = [...connection.refused].map((name) => [name, 'denied'] as const)
      const channels: Record<string, Verdict> = Object.fromEntries([...joined, ...refused])
      const cursor = formatPosition(head)
      const id = formatPosition({ ...head, seq: base })
      // Whoever resumes from there is not given the retained events again.
      if (hasRetained) pendingId = id
      connection.isAnnounced = true
      connection.say(
        HELLO,
        // Of a response that ends, the set cannot be changed.
        { v: 1, connection: connection.reader.isPolling ? undefined : connection.id, heartbeat, cursor, channels },
        hasRetained ? undefined : id,
      )
    },
    endRetained() {
      if (pendingId !== undefined) connection.pushText(formatFrame({ id: pendingId }))
    },
    precede() {},
    finish() {},
  }
}

/** What answers a change of the set. PROTOCOL.md, 9. */
export function announceChange(connection: Connection, rev: number): Announcer {
  let verdicts: ReadonlyMap<string, Verdict> = new Map()
  let positions: ReadonlyMap<string, number> = new Map()
  let isCatchingUp = false
  // Those of which events are gone, apart from the others.
  const say = (event: string, names: readonly string[], more: { cursor?: string }) => {
    const isReset = (name: string) => verdicts.get(name) === 'reset'
    const whole = names.filter((name) => !isReset(name))
    const gone = names.filter(isReset)
    if (whole.length > 0) connection.say(event, { channels: whole, rev, ...more })
    if (gone.length > 0) connection.say(event, { channels: gone, rev, ...more, reset: true })
  }
  return {
    isOpening: false,
    begin(judgement) {
      verdicts = judgement.verdicts
      positions = judgement.positions
    },
    endRetained() {},
    precede() {
      if (!isCatchingUp) say(CATCHUP, [...positions.keys()], {})
      isCatchingUp = true
    },
    finish(names, upTo) {
      say(LIVE, names, { cursor: formatPosition(upTo) })
    },
  }
}
