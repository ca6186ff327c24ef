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

/** What a stream is called, and what it is like while it is open. */
export interface Subject {
  name: string
  live: string
}

const METRICS: Subject = { name: 'Metrics', live: 'Two samples a second' }

const LABELS: Record<EventStreamStatus, [Tone, string]> = {
  idle: ['idle', 'Paused'],
  connecting: ['busy', 'Connecting'],
  open: ['good', 'Live'],
  reconnecting: ['busy', 'Reconnecting'],
  paused: ['idle', 'Paused'],
  closed: ['idle', 'Closed'],
}

// Samples come every half second: from here on, what is shown is not what is.
const MAX_SILENCE = 2500

/** Whether what a stream has sent tells nothing of now. */
export function isStale({ status }: Connection, heardAt: number, now: number): boolean {
  return status !== 'open' || now - heardAt > MAX_SILENCE
}

/** Says how a connection is. `heardAt` is when it last said something, where its silence means something. */
export function describeConnection(
  connection: Connection,
  now: number,
  heardAt: number = now,
  { name, live }: Subject = METRICS,
): Description {
  const { status, closeReason } = connection
  if (status === 'open' && isStale(connection, heardAt, now)) {
    const detail = `No sample for ${Math.floor((now - heardAt) / 1000)} s`
    return { tone: 'busy', label: 'Silent', detail, announcement: `${name}: Silent` }
  }
  const [tone, label] = LABELS[status]
  const isFailure = closeReason === 'denied' || closeReason === 'fatal'
  const detail = status === 'open' ? live : detailOf(connection, now)
  const announcement = `${name}: ${label}${status === 'closed' ? `, ${detail}` : ''}`
  return { tone: isFailure ? 'bad' : tone, label, detail, announcement }
}

function detailOf({ status, attempt, nextRetryAt, closeReason, error }: Connection, now: number): string {
  if (status === 'reconnecting') {
    if (attempt === 0) return 'Trying again'
    const wait = nextRetryAt === undefined ? 0 : nextRetryAt - now
    return `Attempt ${attempt}, ${wait > 0 ? `in ${formatWait(wait)}` : 'now'}`
  }
  if (status === 'connecting') return 'Waiting for the server'
  if (status === 'idle') return 'Nobody is looking'
  if (closeReason === 'manual') return 'You closed it'
  if (closeReason === 'complete') return 'The server has ended it'
  return error?.message ?? 'The server refuses it'
}
