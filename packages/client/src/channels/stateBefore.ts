import type { AnySubscriptionOptions } from './clientSubscription.ts'
import type { SSEClient } from './clientTypes.ts'
import type { AnySubscriptionState } from './subscriptionState.ts'

/** A client that can be asked what a subscription would show. */
interface PeekingClient extends SSEClient {
  peek: (channel: string, options: AnySubscriptionOptions) => AnySubscriptionState
}

/** What is shown before anybody takes part, as on a server. */
export function stateAtFirst(isWanted: boolean, { lastEventId = '', initialData }: AnySubscriptionOptions) {
  return {
    status: isWanted ? 'connecting' : 'idle',
    isLost: false,
    error: undefined,
    attempt: 0,
    nextRetryAt: undefined,
    closeReason: undefined,
    lastEventId,
    transport: 'fetch',
    data: initialData,
    lastEvent: undefined,
    recent: [],
    presence: undefined,
  } satisfies AnySubscriptionState as AnySubscriptionState
}

/** What is shown until somebody takes part, who may find that others have a part in the channel, or had one. */
export function stateBefore(client: SSEClient, name: string, options: AnySubscriptionOptions): AnySubscriptionState {
  const { data, lastEvent, recent, presence, status } = (client as PeekingClient).peek(name, options)
  const shown = { data, lastEvent, recent, presence }
  return { ...stateAtFirst(true, options), ...shown, ...(status === 'open' && { status }) }
}
