import type { EventFrame } from './eventFrame.ts'
import type { HubChannel } from './hubChannel.ts'

/**
 * Delivers an event that comes after later ones of other channels. Readers that have had an id beyond it get it without its own.
 * PROTOCOL.md, 11.1. Returns how many get it.
 */
export function deliverLate(frame: EventFrame, { name, connections }: HubChannel): number {
  const { entry } = frame
  let count = 0
  for (const connection of [...connections]) {
    if (!connection.isLive(name) || connection.isPast(name, entry.seq) || connection.isExcluded(entry)) continue
    count++
    connection.group?.flush()
    if (entry.seq > connection.position) connection.takeEach([frame])
    else connection.pushText(frame.unpositioned(connection.form))
  }
  return count
}
