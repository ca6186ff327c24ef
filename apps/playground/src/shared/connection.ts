import type { CloseReason, EventStreamStatus, SSEError } from '@tidewire/client'
import { formatWait } from './format.ts'

/** How something is going, as a colour. */
export type Tone = 'idle' | 'good' | 'busy' | 'bad'

/** How something is going, for all senses. */
export interface Description {
  tone: Tone
  label: string
  /** May change every second. */
  detail: string
  /** What a screen reader says: changes only where something has happened. */
  announcement: string
}

/** The part of a stream's state that tells how its connection is. */
export interface Connection {
  status: EventStreamStatus
  attempt: number
  nextRetryAt: number | undefined
  closeReason: CloseReason | undefined
  error: SSEError | undefined
}

const LABELS: Record<EventStreamStatus, [Tone, string]> = {
  idle: ['idle', 'Idle'],
  connecting: ['busy', 'Connecting'],
  open: ['good', 'Live'],
  reconnecting: ['busy', 'Reconnecting'],
  closed: ['idle', 'Closed'],
}

/** Says how a connection is. */
export function describeConnection(connection: Connection, now: number): Description {
  const { status, closeReason } = connection
  const [tone, label] = LABELS[status]
  const isFailure = closeReason === 'denied' || closeReason === 'fatal'
  const detail = detailOf(connection, now)
  const announcement = `Metrics: ${label}${status === 'closed' ? `, ${detail}` : ''}`
  return { tone: isFailure ? 'bad' : tone, label, detail, announcement }
}

function detailOf({ status, attempt, nextRetryAt, closeReason, error }: Connection, now: number): string {
  if (status === 'reconnecting') {
    if (attempt === 0) return 'Trying again'
    const wait = nextRetryAt === undefined ? 0 : nextRetryAt - now
    return `Attempt ${attempt}, ${wait > 0 ? `in ${formatWait(wait)}` : 'now'}`
  }
  if (status !== 'closed') return ''
  if (closeReason === 'manual') return 'You closed it'
  if (closeReason === 'complete') return 'The server has ended it'
  return error?.message ?? 'The server refuses it'
}
