import type { AnyState } from './dispatch.ts'
import type { SharedStream } from './registry.ts'
import type { Gap } from './state.ts'

/** What came is not to be had any more. */
export const RESET: Gap = { reason: 'reset' }

/** What somebody has left, and what it had brought by then. */
export interface Left extends Pick<AnyState, 'lastEvent' | 'lastEventId'> {
  readonly shared: SharedStream
  readonly isAmongOthers: boolean
}

/** Notes where a stream is that is left. */
export function leftOf(shared: SharedStream, isAmongOthers: boolean): Left {
  const { lastEvent, lastEventId } = shared.stream
  return { shared, isAmongOthers, lastEvent, lastEventId }
}

/** Whether others have had events meanwhile. What came while it lingered for one alone, that one has not missed. */
export function hasMissed(left: Left, mine: SharedStream): boolean {
  return (left.isAmongOthers || mine !== left.shared || mine.followers > 0) && hasMoved(mine, left)
}

/** Whether a stream has brought something since. */
export function hasMoved(
  { stream }: SharedStream,
  { lastEvent, lastEventId }: Pick<AnyState, 'lastEvent' | 'lastEventId'>,
): boolean {
  return stream.lastEvent !== lastEvent || stream.lastEventId !== lastEventId
}
