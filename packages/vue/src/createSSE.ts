import {
  type AnySSEClient,
  type Contract,
  createSSEClient,
  type RegisteredContract,
  type SSEClient,
  type SSEClientOptions,
} from '@tidewire/client'
import { hasInjectionContext, inject, type InjectionKey, type Plugin, provide } from 'vue'

const CLIENT: InjectionKey<SSEClient> = Symbol('tidewire')

/**
 * The plugin that gives every composable its client: one that was made by `createSSEClient`, or the options of one, which then
 * ends with the application.
 *
 * @example
 * createApp(App).use(createSSE({ channels })).mount('#app')
 */
export function createSSE<const C extends Contract<C> = Contract>(
  client: AnySSEClient | SSEClientOptions<C> = {},
): Plugin {
  return {
    install(app) {
      if ('subscribe' in client) return void app.provide(CLIENT, client as SSEClient)
      const own = createSSEClient(client as SSEClientOptions)
      app.provide(CLIENT, own)
      app.onUnmount(own.close)
    },
  }
}

/** Gives the composables of the components below their client, instead of the plugin's. */
export function provideSSE(client: AnySSEClient): void {
  provide(CLIENT, client as SSEClient)
}

/** The client of a composable: its own, or one that was provided; undefined where there is neither. */
export function findClient(own?: AnySSEClient): SSEClient | undefined {
  return (own as SSEClient | undefined) ?? (hasInjectionContext() ? inject(CLIENT, undefined) : undefined)
}

/**
 * Returns the client of the plugin, or the one that a component above provides: to close it at a log-out, or for the `headers()` of
 * a request that changes something. Throws a `TypeError` where there is none.
 *
 * @example
 * const client = useSSEClient()
 * const save = (order: Order) => fetch('/api/orders', { method: 'POST', headers: client.headers(), body: JSON.stringify(order) })
 */
export function useSSEClient<C extends Contract<C> = RegisteredContract>(): SSEClient<C> {
  return useClient() as unknown as SSEClient<C>
}

/** The client of a composable. Throws a `TypeError` where there is none. */
export function useClient(own?: AnySSEClient): SSEClient {
  const client = findClient(own)
  if (!client) throw new TypeError('Expected `app.use(createSSE())`, or the option `client`, got neither.')
  return client
}
