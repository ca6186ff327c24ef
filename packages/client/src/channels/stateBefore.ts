import type { BindingClient } from './bindingClient.ts'
import type { AnySubscriptionOptions } from './clientSubscription.ts'
import type { AnySubscriptionState } from './subscriptionState.ts'

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
export function stateBefore(
  client: BindingClient,
  name: string,
  options: AnySubscriptionOptions,
): AnySubscriptionState {
  const { data, lastEvent, recent, presence, status } = client.peek(name, options)
  const shown = { data, lastEvent, recent, presence }
  return { ...stateAtFirst(true, options), ...shown, ...(status === 'open' && { status }) }
}
