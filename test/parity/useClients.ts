import { type Contract, createSSEClient, type SSEClient, type SSEClientOptions } from '@tidewire/client'
import type { TestServer } from './useServer.ts'

/** Makes a client of a hub, by the address of its server. */
export type CreateClient = <const C extends Contract<C> = Contract>(
  url: string,
  options?: SSEClientOptions<C>,
) => SSEClient<C>

/** Clients that leave with all other readers of a server. */
export function useClients(server: TestServer): CreateClient {
  return (url, options) => {
    const client = createSSEClient({ linger: 0, retry: { delay: 1, maxDelay: 1 }, ...options, url: `${url}/_sse` })
    server.signal.addEventListener('abort', () => client.close())
    return client
  }
}
