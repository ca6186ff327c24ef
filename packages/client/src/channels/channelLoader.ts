import type { Loading } from '../untilLoaded.ts'
import type { SSEClient } from './clientTypes.ts'

const loaders = new WeakMap<SSEClient, Map<string, Loading>>()

/**
 * What follows a channel for components that are not there yet. Whoever comes finds it, until it is left. What functions make of
 * events counts by their text: they are new in each rendering, of which none is kept until there is an event.
 */
export function findLoader<L extends Loading>(
  client: SSEClient,
  name: string,
  reduce: unknown,
  make?: () => L,
): L | undefined {
  const own = loaders.get(client) ?? new Map<string, Loading>()
  loaders.set(client, own)
  const key = `${name}#${String(reduce)}`
  const known = own.get(key) as L | undefined
  if (known || !make) return known
  const loader = make()
  const { subscribe } = loader
  const made = {
    ...loader,
    subscribe(listener: () => void) {
      const off = subscribe(listener)
      return () => {
        own.delete(key)
        off()
      }
    },
  }
  own.set(key, made)
  return made
}
