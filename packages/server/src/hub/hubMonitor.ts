import type { SSEError, Verdict } from '@tidewire/protocol'
import type { Connection } from './connection.ts'
import type { SSEHubStage } from './hubOptions.ts'

/** What a hub has counted since it was made, in this process. */
export interface HubCounters {
  /** Responses that began. */
  opened: number
  /** Responses that ended. */
  closed: number
  /** Requests for a stream that were refused. */
  refused: number
  /** The same by the status that they were answered with. */
  refusedByStatus: Record<number, number>
  /** Channels that readers asked for and may not have, or that there are not. */
  denied: number
  /** Channels that a reader came back to without a loss. */
  resumed: number
  /** Channels that a reader came to for the first time. */
  fresh: number
  /** Channels of which a reader was told that events are gone: when it came back, or later. */
  reset: number
  /** Events that were published, once for each channel. */
  published: number
  /** Events on their way to readers, once for each reader; also those that were then dropped or coalesced. */
  delivered: number
  /** Events that a channel brought a reader when it joined: what it had missed, and what came meanwhile. */
  replayed: number
  /** Events that a slow reader did not get, and was told so. */
  dropped: number
  /** Events that gave way to newer ones with the same key, for one reader each. */
  coalesced: number
  /** Readers that were disconnected because they were too slow. */
  overflowed: number
  /** Channels that were taken from readers. */
  revoked: number
}

/** What a hub tells who observes it, as it happens. */
export interface HubFacts {
  open: { connection: Connection }
  close: { connection: Connection }
  refuse: { status: number }
  publish: { channels: readonly string[]; event: string; id: string }
  reset: { connection: Connection; channels: readonly string[] }
  drop: { connection: Connection; channel: string }
  overflow: { connection: Connection }
  revoke: { connection: Connection; channels: readonly string[] }
  error: { error: SSEError; stage: SSEHubStage }
}

/** Hears what happens in a hub, in the midst of it: it may not throw. */
export type HubObserver = <Name extends keyof HubFacts>(name: Name, fact: HubFacts[Name]) => void

/** Counts what happens in a hub, and tells who observes it. */
export class HubMonitor {
  readonly #observers = new Set<HubObserver>()
  readonly counters: HubCounters = {
    opened: 0,
    closed: 0,
    refused: 0,
    refusedByStatus: {},
    denied: 0,
    resumed: 0,
    fresh: 0,
    reset: 0,
    published: 0,
    delivered: 0,
    replayed: 0,
    dropped: 0,
    coalesced: 0,
    overflowed: 0,
    revoked: 0,
  }

  /** Has an observer told what happens from now on. Returns what ends that. */
  observe(observer: HubObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  onOpen(connection: Connection): void {
    this.counters.opened++
    this.tell('open', { connection })
  }

  onClose(connection: Connection): void {
    this.counters.closed++
    this.tell('close', { connection })
  }

  onRefuse(status: number): void {
    const { refusedByStatus } = this.counters
    this.counters.refused++
    refusedByStatus[status] = (refusedByStatus[status] ?? 0) + 1
    this.tell('refuse', { status })
  }

  onVerdicts(verdicts: Iterable<Verdict>): void {
    for (const verdict of verdicts) this.counters[verdict]++
  }

  onPublish(channels: readonly string[], event: string, id: string): void {
    this.counters.published += channels.length
    this.tell('publish', { channels, event, id })
  }

  onReset(connection: Connection, channels: readonly string[]): void {
    this.counters.reset += channels.length
    this.tell('reset', { connection, channels })
  }

  onDrop(connection: Connection, channel: string): void {
    this.counters.dropped++
    this.tell('drop', { connection, channel })
  }

  onOverflow(connection: Connection): void {
    this.counters.overflowed++
    this.tell('overflow', { connection })
  }

  onRevoke(connection: Connection, channels: readonly string[]): void {
    this.counters.revoked += channels.length
    this.tell('revoke', { connection, channels })
  }

  tell<Name extends keyof HubFacts>(name: Name, fact: HubFacts[Name]): void {
    for (const observer of this.#observers) observer(name, fact)
  }
}
