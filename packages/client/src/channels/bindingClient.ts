import type { AnySubscriptionOptions, ClientSubscription } from './clientSubscription.ts'
import type { SSEClient } from './clientTypes.ts'
import { LOST } from './position.ts'
import type { AnySubscriptionState, Shown } from './subscriptionState.ts'

/** What a client does for bindings, and not for users. */
export interface BindingClient extends SSEClient {
  /** What a subscription would show at first. */
  peek: (channel: string, options: AnySubscriptionOptions) => AnySubscriptionState
  /** Takes part; who had left goes on from there. */
  rejoin: (channel: string, options: AnySubscriptionOptions, left?: ClientSubscription) => ClientSubscription
  /** Another number when what a channel has brought may no longer be seen. */
  voidedAt: (channel: string) => number
}

/**
 * What somebody begins with who comes back: what the same function has made of the channel meanwhile, for others or in silence;
 * else what it had, from where it was.
 */
export function seedOf(left: ClientSubscription, shown: Shown): Shown {
  // Who was not told of a loss is to be told still.
  if ('data' in shown && left.lastEventId !== LOST) return shown
  const { data, lastEvent, recent, lastEventId } = left
  return { data, lastEvent, recent, lastEventId, presence: shown.presence }
}
