import type { Authority } from './authority.ts'
import type { Deliberation } from './deliberations.ts'
import type { Decision } from './gate.ts'
import type { ChannelMatch } from './hubChannels.ts'
import { refusal } from './refusal.ts'

/** How often channels are asked about again that are revoked while it is being decided; then they are refused. */
const MAX_ROUNDS = 5

/** What becomes of the channels that a reader asks for. It holds until {@link Admission.end}: what is revoked until then is stale. */
export class Admission {
  readonly allowed: Map<string, ChannelMatch> = new Map()
  readonly refused: Map<string, Exclude<Decision, 'allowed'>> = new Map()
  readonly #authority: Authority
  readonly #context: unknown
  readonly #deliberation: Deliberation

  private constructor(authority: Authority, names: readonly string[], context: unknown) {
    this.#authority = authority
    this.#context = context
    this.#deliberation = authority.deliberations.begin(names)
  }

  /** Decides about channels, all at once. Never rejects. */
  static async of(authority: Authority, names: Iterable<string>, context: unknown): Promise<Admission> {
    const list = [...names]
    const admission = new Admission(authority, list, context)
    await admission.#ask(list)
    await admission.renew()
    return admission
  }

  /** Whether something was revoked since it was decided. */
  get isStale(): boolean {
    return this.#deliberation.stale.size > 0
  }

  /** Decides again about what was revoked since. Never rejects. */
  async renew(): Promise<void> {
    const { stale } = this.#deliberation
    for (let round = 0; stale.size > 0; round++) {
      const names = [...stale]
      stale.clear()
      for (const name of names) this.allowed.delete(name)
      if (round < MAX_ROUNDS) await this.#ask(names)
      else for (const name of names) this.refused.set(name, 'failed')
    }
  }

  /** It has taken effect, or never will. */
  end(): void {
    this.#authority.deliberations.end(this.#deliberation)
  }

  async #ask(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const { match, decision } = await this.#authority.decide(name, this.#context)
        if (decision !== 'allowed') this.refused.set(name, decision)
        else if (match) this.allowed.set(name, match)
      }),
    )
  }
}

/** Says which channels a reader may not have, and which there are not. */
export function refuseChannels(refused: Admission['refused']): Response {
  const [unknown, denied] = [[] as string[], [] as string[]]
  for (const [name, decision] of refused) (decision === 'not-found' ? unknown : denied).push(name)
  const missing = `There is no such channel: ${JSON.stringify(unknown)}.`
  if (denied.length === 0) return refusal(404, missing)
  const notAllowed = `Not allowed: ${JSON.stringify(denied)}.`
  return refusal(403, unknown.length === 0 ? notAllowed : `${notAllowed} ${missing}`)
}
