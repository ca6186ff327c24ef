/** How long a decision stands that takes no effect, in milliseconds. A framework may drop a response without a word. */
const KEPT = 30_000

/** Channels that were decided about, or are being decided about, and that the reader is yet to be given. */
export interface Deliberation {
  readonly names: ReadonlySet<string>
  /** Those of them that have to be asked about again: they were revoked meanwhile, or it was too long ago. */
  readonly stale: Set<string>
  /** Until when the decision stands. */
  readonly until: number
}

/** Everything that is being decided: a revocation must not slip in between a decision and its effect. */
export class Deliberations {
  // The oldest first.
  readonly #all = new Set<Deliberation>()

  begin(names: Iterable<string>): Deliberation {
    const now = performance.now()
    for (const deliberation of this.#all) {
      if (deliberation.until > now) break
      for (const name of deliberation.names) deliberation.stale.add(name)
      this.end(deliberation)
    }
    const deliberation = { names: new Set(names), stale: new Set<string>(), until: now + KEPT }
    this.#all.add(deliberation)
    return deliberation
  }

  /** It has taken effect, or never will. */
  end(deliberation: Deliberation): void {
    this.#all.delete(deliberation)
  }

  /** A channel was revoked. */
  revoke(name: string): void {
    for (const { names, stale } of this.#all) if (names.has(name)) stale.add(name)
  }
}
