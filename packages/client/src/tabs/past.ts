import { further, LOST } from '../channels/position.ts'
import type { Answer } from './askAside.ts'
import type { Feed, Kept } from './feed.ts'

/** What a reader gets of a channel before it is live. */
export interface Past {
  readonly events: readonly Kept[]
  /** Up to where it has all. */
  readonly cursor: string
  /** Whether part of what it missed is gone. */
  readonly isReset?: boolean
}

/** What is known here of what a reader has missed; undefined where only the hub knows. `here` is where the feed is. */
export function pastOf(feed: Feed, position: string, here: string): Past | undefined {
  const isLost = position === LOST
  const events = position === '' || isLost ? feed.retained : feed.since(position)
  return events && { events, cursor: further(here, position), isReset: isLost }
}

/**
 * Asks the hub what a reader has missed: before the leader came, say. Resolves with undefined where the channel is refused.
 * Where there is no answer the reader is told of a loss.
 */
export async function askForPast(
  feed: Feed,
  position: string,
  here: () => string,
  ask: () => Promise<Answer>,
): Promise<Past | undefined> {
  const answer = await feed.ask(position, ask).catch(() => undefined)
  if (answer?.verdict === 'denied') return undefined
  const rest = answer && feed.since(answer.cursor)
  if (!answer || !rest) return { events: feed.retained ?? [], cursor: here(), isReset: true }
  if (answer.verdict !== 'resumed') feed.learn(answer.events, answer.cursor)
  const cursor = further(here(), answer.cursor)
  return { events: [...answer.events, ...rest], cursor, isReset: answer.verdict === 'reset' }
}
