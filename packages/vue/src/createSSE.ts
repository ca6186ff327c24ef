import {
  type AnySSEClient,
  type Contract,
  createSSEClient,
  type SSEClient,
  type SSEClientOptions,
} from '@tidewire/client'
import { hasInjectionContext, inject, type InjectionKey, type Plugin, provide } from 'vue'

const CLIENT: InjectionKey<SSEClient> = Symbol('tidewire')

/**
 * The plugin that gives every composable its client: one that was made by `createSSEClient`, or the options of one.
 *
 * @example
 * createApp(App).use(createSSE({ channels })).mount('#app')
 */
export function createSSE<const C extends Contract<C> = Contract>(
  client: AnySSEClient | SSEClientOptions<C> = {},
): Plugin {
  return {
    install(app) {
      app.provide(CLIENT, 'subscribe' in client ? (client as SSEClient) : createSSEClient(client as SSEClientOptions))
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

/** The client of a composable. Throws a `TypeError` where there is none. */
export function useClient(own?: AnySSEClient): SSEClient {
  const client = findClient(own)
  if (!client) throw new TypeError('Expected `app.use(createSSE())`, or the option `client`, got neither.')
  return client
}
