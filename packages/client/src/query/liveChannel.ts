import type { SSEClient, SSESubscription } from '../channels/clientTypes.ts'
import type { EventStreamStatus, Gap } from '../state.ts'
import { forEachMember } from '../subscription.ts'
import type { SSEMessage } from '../types.ts'
import { Journal, type JournalEntry } from './journal.ts'

/** What follows a channel: the queries that it keeps true. */
export interface ChannelFollower {
  /** An event has come. */
  onEvent: (entry: JournalEntry) => void
  /** Something has come of which nobody can say when it was published. */
  onUnplaced: (event: SSEMessage) => void
  /** The journal is whole from its floor on: also after a reconnection. */
  onOpen: () => void
  /** Events are gone. */
  onGap: () => void
  /** How the channel is has changed. */
  onStatus: () => void
}

/** A channel, the queries that it keeps true, and what it has told lately. */
export class LiveChannel {
  readonly name: string
  readonly journal: Journal = new Journal()
  readonly followers: Set<ChannelFollower> = new Set()
  readonly #subscription: SSESubscription
  #lastId: string
  #isWhole = false
  #status: EventStreamStatus = 'idle'

  /** `since` is a position to begin from, where one is known. */
  constructor(client: SSEClient, name: string, since: string | undefined) {
    this.name = name
    this.#lastId = since ?? ''
    this.#subscription = client.subscribe(name, {
      lastEventId: since,
      linger: 0,
      onOpen: () => this.#onOpen(),
      onGap: (gap) => this.#onGap(gap),
      onEvent: (event) => this.#onEvent(event),
    })
    this.#subscription.subscribe(() => this.#look())
  }

  get status(): EventStreamStatus {
    return this.#subscription.status
  }

  /** Whether the right to it is gone: what it has told is not to be shown by this any more. */
  get isVoid(): boolean {
    const { closeReason } = this.#subscription
    return closeReason === 'denied' || closeReason === 'revoked'
  }

  /** Tries again, where the channel is over, and somebody follows it. */
  open(): void {
    if (this.followers.size > 0 && this.status === 'closed') this.#subscription.open()
  }

  close(): void {
    this.#subscription.close()
  }

  #look(): void {
    const { status } = this
    if (status === this.#status) return
    this.#status = status
    // Where it goes on from is not said.
    if (status === 'closed') this.#isWhole = false
    if (this.isVoid) this.journal.clear()
    forEachMember(this.followers, (follower) => follower.onStatus())
  }

  #onOpen(): void {
    if (!this.#isWhole) this.journal.begin(this.#subscription.since)
    this.#isWhole = true
    this.#look()
    forEachMember(this.followers, (follower) => follower.onOpen())
  }

  #onGap({ reason }: Gap): void {
    const { since, lastEventId } = this.#subscription
    // Of an event that was dropped, this is the id. The end of a catch-up, or the hello, says from where on it is whole again.
    if (reason === 'dropped') this.#lastId = lastEventId
    this.#isWhole = since !== ''
    this.journal.begin(reason === 'dropped' ? lastEventId : since)
    forEachMember(this.followers, (follower) => follower.onGap())
  }

  #onEvent(event: SSEMessage): void {
    // Without an id of its own it has that of the one before: it is retained, or came late.
    if (event.id === '' || event.id === this.#lastId)
      return forEachMember(this.followers, (follower) => follower.onUnplaced(event))
    this.#lastId = event.id
    const entry = this.journal.add(event)
    forEachMember(this.followers, (follower) => follower.onEvent(entry))
  }
}
