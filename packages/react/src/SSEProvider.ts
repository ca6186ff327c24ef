'use client'

import type { AnySSEClient, Contract, RegisteredContract, SSEClient } from '@tidewire/client'
import { createContext, createElement, type ReactNode, useContext } from 'react'

const ClientContext = createContext<SSEClient | undefined>(undefined)

/** Properties of {@link SSEProvider}. */
export interface SSEProviderProps {
  /** The client that all hooks below use: made once, by `createSSEClient`. */
  client: AnySSEClient
  children?: ReactNode
}

/**
 * Gives the hooks below it their client.
 *
 * @example
 * const client = createSSEClient({ channels })
 * root.render(<SSEProvider client={client}><App /></SSEProvider>)
 */
export function SSEProvider({ client, children }: SSEProviderProps): ReactNode {
  return createElement(ClientContext.Provider, { value: client as SSEClient }, children)
}

/** The client of a hook: its own, or that of the provider above; undefined where there is neither. */
export function useOptionalClient(own?: AnySSEClient): SSEClient | undefined {
  const provided = useContext(ClientContext)
  return (own as SSEClient | undefined) ?? provided
}

/**
 * Returns the client of the provider above: to close it at a log-out, or for the `headers()` of a request that changes something.
 * Throws a `TypeError` where there is none.
 *
 * @example
 * const client = useSSEClient()
 * const save = (order: Order) => fetch('/api/orders', { method: 'POST', headers: client.headers(), body: JSON.stringify(order) })
 */
export function useSSEClient<C extends Contract<C> = RegisteredContract>(): SSEClient<C> {
  return useClient() as unknown as SSEClient<C>
}

/** The client of a hook. Throws a `TypeError` where there is none. */
export function useClient(own?: AnySSEClient): SSEClient {
  const client = useOptionalClient(own)
  if (!client)
    throw new TypeError('Expected an <SSEProvider client={client}> above, or the option `client`, got neither.')
  return client
}
