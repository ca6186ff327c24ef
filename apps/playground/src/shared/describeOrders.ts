import type { LiveState } from '@tidewire/client/query'
import type { Description } from './connection.ts'
import { formatClock } from './format.ts'
import { POLL_INTERVAL } from './ordersQuery.ts'

/** For how long a table may be catching up before that is worth a word, in milliseconds: mostly it is a matter of a few. */
export const CATCH_UP_PATIENCE = 400

/** Says how true the table is. */
export function describeOrders({ status, lastSyncedAt }: LiveState, isLoaded: boolean): Description {
  const since = lastSyncedAt === undefined ? '' : formatClock(lastSyncedAt)
  if (status === 'live') return say('good', 'Live', `In step since ${since}`)
  if (!isLoaded) return say('busy', 'Not loaded', '')
  if (status === 'catching-up') return say('busy', 'Catching up', 'Getting what was missed')
  const asOf = since ? `As of ${since}` : `Asked for every ${POLL_INTERVAL / 1000} s`
  return status === 'offline' ? say('busy', 'Offline', asOf) : say('idle', 'Stale', asOf)
}

function say(tone: Description['tone'], label: string, detail: string): Description {
  return { tone, label, detail, announcement: `Orders: ${label}` }
}

/** Says why there is no table to show. */
export function describeLoadFailure(error: Error): string {
  // What `fetch` throws where nobody answers.
  return error instanceof TypeError ? 'The server cannot be reached.' : `${error.message}.`
}
