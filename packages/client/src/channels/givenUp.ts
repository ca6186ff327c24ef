import type { ClientSubscription } from './clientSubscription.ts'

/** Subscriptions that have ended with the connection, as it could not be made. They take part again when it may be. */
export class GivenUp {
  readonly #subscriptions = new Set<ClientSubscription>()
  #stop: (() => void) | undefined

  /** Keeps them; where they are to come back by themselves, until there is a network, or somebody looks at the page again. */
  add(subscriptions: Iterable<ClientSubscription>, comeBack: boolean): void {
    for (const one of subscriptions) this.#subscriptions.add(one)
    if (comeBack && this.#subscriptions.size > 0) this.#stop ??= watchReturn(() => this.revive())
  }

  /** Somebody has decided otherwise. */
  delete(one: ClientSubscription): void {
    this.#subscriptions.delete(one)
    if (this.#subscriptions.size === 0) this.clear()
  }

  revive(): void {
    const revived = [...this.#subscriptions]
    this.clear()
    for (const one of revived) one.open()
  }

  clear(): void {
    this.#subscriptions.clear()
    this.#stop?.()
    this.#stop = undefined
  }
}

// No timer looks after what was given up: outside of browsers, it would keep the process alive.
function watchReturn(onReturn: () => void): () => void {
  const { document } = globalThis
  const onVisibility = () => {
    if (document?.visibilityState === 'visible') onReturn()
  }
  globalThis.addEventListener?.('online', onReturn)
  document?.addEventListener('visibilitychange', onVisibility)
  return () => {
    globalThis.removeEventListener?.('online', onReturn)
    document?.removeEventListener('visibilitychange', onVisibility)
  }
}
