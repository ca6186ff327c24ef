import type { SSEError } from '@tidewire/protocol'
import type { ConnectionState } from '../state.ts'
import type { AnyEvents, SSEMessage } from '../types.ts'
import type { SSESubscriptionState } from './clientTypes.ts'

/** The state of a subscription whose events are not known. */
export type AnySubscriptionState = SSESubscriptionState<AnyEvents, unknown>

/** What a subscription shows of what its channel has brought. */
export interface Shown extends Partial<Pick<AnySubscriptionState, 'data' | 'lastEvent' | 'recent' | 'presence'>> {
  /** What the channel brings up to there is in it already; '' or undefined where the channel is as far. */
  readonly passed?: string | undefined
  /** Where it goes on from, in place of what its options say. */
  readonly lastEventId?: string
}

/** What has become of a subscription, apart from its connection. */
export interface SubscriptionLife {
  isPaused: boolean
  closed?: Pick<AnySubscriptionState, 'closeReason' | 'error'> | undefined
  failure?: SSEError | undefined
}

/** Creates a state of which what is the connection's is always as that is now. */
export function createSubscriptionState(
  life: SubscriptionLife,
  shown: Pick<AnySubscriptionState, 'data' | 'lastEvent' | 'lastEventId' | 'presence'>,
  recent: () => readonly SSEMessage[],
  connection: () => Omit<ConnectionState, 'closeReason' | 'lastEventId'>,
): AnySubscriptionState {
  // Explicitly what it shows, and nothing else that the object has.
  const { data, lastEvent, lastEventId, presence } = shown
  return {
    data,
    lastEvent,
    lastEventId,
    presence,
    get recent() {
      return recent()
    },
    get status() {
      return life.closed ? 'closed' : life.isPaused ? 'paused' : connection().status
    },
    get isLost() {
      return !life.closed && !life.isPaused && connection().isLost
    },
    get error() {
      return life.closed ? life.closed.error : (life.failure ?? connection().error)
    },
    set error(error) {
      life.failure = error
    },
    get attempt() {
      return life.closed ? 0 : connection().attempt
    },
    // It is the connection's; an event sets it back there.
    set attempt(_) {},
    get nextRetryAt() {
      return life.closed ? undefined : connection().nextRetryAt
    },
    get closeReason() {
      return life.closed?.closeReason
    },
    get transport() {
      return connection().transport
    },
  }
}
