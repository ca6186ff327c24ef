import type { LogHead } from './log.ts'

/** The most revocations that are remembered: the oldest are forgotten first. */
const MAX_REVOCATIONS = 10_000

/** Where identities lost channels and got them back: no position from before is theirs. PROTOCOL.md, 10.1. */
export class Revocations {
  // Undefined from the loss to the grant.
  readonly #grants = new Map<string, LogHead | undefined>()

  /** An identity has lost a channel. */
  add(identity: string, channel: string): void {
    const key = keyOf(identity, channel)
    this.#grants.delete(key)
    this.#grants.set(key, undefined)
    for (const oldest of this.#grants.keys()) {
      if (this.#grants.size <= MAX_REVOCATIONS) return
      this.#grants.delete(oldest)
    }
  }

  /** An identity is given a channel now. Returns below which seq its positions are void. */
  grant(identity: string, channel: string, head: LogHead): number {
    const key = keyOf(identity, channel)
    if (!this.#grants.has(key)) return 0
    const granted = this.#grants.get(key) ?? head
    this.#grants.set(key, granted)
    return granted.epoch === head.epoch ? granted.seq : 0
  }
}

function keyOf(identity: string, channel: string): string {
  // No channel's name has a `#`, so that no two pairs make the same key.
  return `${channel}#${identity}`
}
