import type { ChannelDefinition } from './channelDefinition.ts'
import type { Connection } from './connection.ts'
import type { LogEntry } from './log.ts'
import type { ReaderGroup } from './readerGroup.ts'

/** Who hears the events of a channel beside its groups. */
export interface Hearer {
  hear(entry: LogEntry): void
  /** Events may be missing from what it hears. */
  miss(): void
}

/** A channel that has readers in this process. */
export class HubChannel {
  readonly name: string
  readonly definition: ChannelDefinition
  readonly params: unknown
  /** Every connection that has it in its set. */
  readonly connections: Set<Connection> = new Set()
  /** The groups that it is live in. */
  readonly groups: Set<ReaderGroup> = new Set()
  /** The joins that are to make it live. */
  readonly hearers: Set<Hearer> = new Set()
  /** Resolves when the feed brings all that is published from then on. */
  followed: Promise<void> | undefined
  /** The seq of the last event that the feed has brought, or up to which nobody needs it any more. */
  seen: number | undefined

  constructor(name: string, definition: ChannelDefinition, params: unknown) {
    this.name = name
    this.definition = definition
    this.params = params
  }

  /** A reader that is about to be live has all up to there: if it is the only one, the feed need not bring that. */
  pass(seq: number): void {
    if (this.groups.size === 0 && this.hearers.size === 0) this.skip(seq)
  }

  /** Nothing of it is yet to come up to there. */
  skip(seq: number): void {
    this.seen = Math.max(seq, this.seen ?? 0)
  }
}
