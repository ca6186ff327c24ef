import { REVOKED } from '@tidewire/protocol'
import type { Connection } from './connection.ts'
import { Deliberations } from './deliberations.ts'
import { decide, type Decision, failedDecision } from './gate.ts'
import type { HubChannel } from './hubChannel.ts'
import type { ChannelMatch, HubChannels } from './hubChannels.ts'
import type { HubMonitor } from './hubMonitor.ts'
import { Revocations } from './revocations.ts'

/** What an authority needs of its hub. */
export interface AuthorityHost {
  readonly channels: HubChannels
  readonly monitor: HubMonitor
  readonly settings: { readonly limits: { readonly authorizeTimeout: number } }
  report(error: unknown, stage: 'authorize'): void
}

/** Who may follow what: decided when a channel is asked for, and again while it lasts. */
export class Authority {
  readonly deliberations: Deliberations = new Deliberations()
  readonly revocations: Revocations = new Revocations()
  readonly #host: AuthorityHost
  /** Those about whom it is being decided again, each with the channels that it has left meanwhile. */
  readonly #asking = new WeakMap<Connection, Set<string>>()

  constructor(host: AuthorityHost) {
    this.#host = host
  }

  /** Finds what a name leads to, and decides whether a reader may follow it. Never rejects. */
  async decide(name: string, context: unknown): Promise<{ match: ChannelMatch | undefined; decision: Decision }> {
    try {
      const match = this.#host.channels.match(name)
      return { match, decision: match ? await this.#decide(name, match, context) : 'not-found' }
    } catch (error) {
      // The schema of `params` threw, or is async.
      this.#host.report(failedDecision(name, error), 'authorize')
      return { match: undefined, decision: 'failed' }
    }
  }

  /** Decides again about each channel of a connection, one after the other. What fails is asked again the next time. */
  async revalidate(connection: Connection): Promise<void> {
    const asked = [...connection.channels.values()].filter(
      ({ definition }) => definition.authorize ?? definition.resolve,
    )
    if (asked.length === 0 || this.#asking.has(connection)) return
    const left = new Set<string>()
    this.#asking.set(connection, left)
    for (const channel of asked) {
      // Left and joined again, it was decided about anew.
      if (connection.isClosed || left.has(channel.name)) continue
      const decision = await this.#decide(channel.name, channel, connection.reader.context)
      const isLost = decision === 'denied' || decision === 'not-found'
      if (isLost && !left.has(channel.name)) this.revoke(connection, [channel.name])
    }
    this.#asking.delete(connection)
  }

  /** A connection no longer has a channel. */
  onLeave(connection: Connection, { name }: HubChannel): void {
    this.#asking.get(connection)?.add(name)
  }

  /** Takes channels from a connection that may no longer follow them. PROTOCOL.md, 10.1. */
  revoke(connection: Connection, names: readonly string[]): void {
    const had = names.filter((name) => connection.channels.has(name))
    if (had.length === 0) return
    const { monitor } = this.#host
    const { identity, isManaged } = connection.reader
    monitor.onRevoke(connection, had)
    if (identity !== undefined) for (const name of had) this.revocations.add(identity, name)
    if (!isManaged) return connection.end({ reason: 'revoked' })
    // The hello is yet to come, and is the first to be said.
    if (connection.isAnnounced) connection.say(REVOKED, { channels: had })
    else for (const name of had) connection.refused.add(name)
    connection.leave(had)
  }

  #decide(name: string, match: ChannelMatch, context: unknown): Promise<Decision> {
    const { settings } = this.#host
    return decide(match, name, context, settings.limits.authorizeTimeout, (error) =>
      this.#host.report(error, 'authorize'),
    )
  }
}
