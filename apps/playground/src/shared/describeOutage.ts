import type { Outage } from './chat.ts'
import type { Tone } from './connection.ts'
import { formatClock } from './format.ts'

/** Says what became of the last outage: as much as the page knows. */
export function describeOutage(outage: Outage | undefined): { tone: Tone; text: string } {
  if (!outage) {
    return { tone: 'idle', text: 'Cut the connection, write from another window, and see what comes back.' }
  }
  const { lostAt, resumedAt, isWanted, caughtUp } = outage
  const lost = `${isWanted ? 'Disconnected' : 'Connection lost'} at ${formatClock(lostAt)}`
  if (resumedAt === undefined) return { tone: isWanted ? 'idle' : 'busy', text: `${lost}.` }
  const messages = caughtUp === 1 ? '1 message' : `${caughtUp === 0 ? 'no' : caughtUp} messages`
  return { tone: 'good', text: `${lost}, resumed at ${formatClock(resumedAt)}: ${messages} caught up.` }
}
