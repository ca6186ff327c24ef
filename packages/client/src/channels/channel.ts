import type { Gap } from '../state.ts'
import type { ClientSubscription } from './clientSubscription.ts'
import type { SSEPresence } from './clientTypes.ts'
import { further, hasReached } from './position.ts'

/**
 * Where a channel is on its connection. `joining`: there is no answer yet, and whatever comes of it before that is old.
 * `catching-up`: it gets what it missed. `live`: it gets what is published.
 */
export type ChannelPhase = 'joining' | 'catching-up' | 'live'

/** A channel that this client follows. PROTOCOL.md, 7.3. */
export interface Channel {
  readonly name: string
  readonly subscriptions: Set<ClientSubscription>
  phase: ChannelPhase
  /** When it last began to wait for an answer, in milliseconds since the epoch. */
  waitingSince: number
  /** The change that asks for it: 0 for the opening, `Infinity` for the next. */
  rev: number
  /** Its own position; '' for none. */
  own: string
  /** All that was published after it has come, or follows; '' while that is not known. */
  since: string
  /** The id of the last event that it has brought, or where it began: who is further on has missed nothing. */
  last: string
  /** Whether the base is its position too. */
  isCovered: boolean
  presence: SSEPresence | undefined
  /** Takes what comes while it lingers. */
  ghost?: ClientSubscription | undefined
  /** What was lost while it lingered, for who comes back. */
  gap?: Gap | undefined
  /** Runs out when nobody came back. */
  timer?: ReturnType<typeof setTimeout> | undefined
}

export function createChannel(name: string, own: string): Channel {
  return {
    name,
    subscriptions: new Set(),
    phase: 'joining',
    waitingSince: Date.now(),
    rev: Infinity,
    own,
    since: '',
    last: own,
    isCovered: false,
    presence: undefined,
  }
}

/** The position of a channel; '' where it has none. */
export function positionOf({ own, isCovered }: Channel, base: string): string {
  return isCovered ? further(own, base) : own
}

/** Whether an event is one that the channel has had. */
export function isPast(channel: Channel, base: string, id: string): boolean {
  return hasReached(positionOf(channel, base), id)
}
