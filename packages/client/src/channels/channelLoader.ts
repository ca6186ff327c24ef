import { write } from '../streamKey.ts'
import { drop, type Loading } from '../untilLoaded.ts'
import type { BindingClient } from './bindingClient.ts'
import type { AnySubscriptionOptions } from './clientSubscription.ts'

interface Entry {
  readonly loader: Loading
  /** When what its channel had brought was last no longer to be seen, by its end. */
  voided: number
}

const loaders = new WeakMap<BindingClient, Map<string, Entry>>()

/** What a loader is found by; undefined where nobody could find it. Functions count by reference, or by their text. */
export function loaderKeyOf(
  name: string,
  { lastEventId, initialData, recent, reduce }: AnySubscriptionOptions,
  isByText = false,
): string | undefined {
  return write([name, lastEventId, initialData, recent, reduce], isByText)
}

/** What follows a channel for components that are not there yet: whoever comes finds it, until it is left. */
export function findLoader<L extends Loading>(client: BindingClient, name: string, key: string): L | undefined {
  const entry = loaders.get(client)?.get(key)
  if (!entry) return undefined
  const { status, closeReason } = entry.loader.getSnapshot() as ReturnType<Loading['getSnapshot']> & {
    closeReason?: string
  }
  // By whoever has closed the client, for whoever comes.
  const isVoid = entry.voided !== client.voidedAt(name) || (status === 'closed' && closeReason === 'manual')
  if (!isVoid) return entry.loader as L
  loaders.get(client)?.delete(key)
  drop(entry.loader)
  return undefined
}

/**
 * Lets a loader be found, for as long as it is subscribed to. It waits on while it is not `isDone`, whatever others have had: what
 * another function has made of that is nothing to show.
 */
export function shareLoader<L extends Loading>(
  client: BindingClient,
  name: string,
  key: string,
  loader: L,
  isDone: () => boolean,
): L {
  const own = loaders.get(client) ?? new Map<string, Entry>()
  loaders.set(client, own)
  const shared = {
    ...loader,
    getSnapshot: () => (isDone() ? loader.getSnapshot() : { ...loader.getSnapshot(), lastEvent: undefined }),
    subscribe(listener: () => void) {
      const entry: Entry = { loader: shared, voided: client.voidedAt(name) }
      own.set(key, entry)
      const off = loader.subscribe(() => {
        // Those who wait are to see that it was refused, which voids it, too.
        if (loader.getSnapshot().status === 'closed') entry.voided = client.voidedAt(name)
        listener()
      })
      return () => {
        if (own.get(key) === entry) own.delete(key)
        off()
      }
    },
  }
  return shared
}
