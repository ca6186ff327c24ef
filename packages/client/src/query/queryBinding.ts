import { hasReached } from '../channels/position.ts'
import { onNextFrame } from '../frame.ts'
import { own } from '../payload.ts'
import { callSafely } from '../report.ts'
import type { SSEMessage } from '../types.ts'
import { cursorsOf, dropUnsureCursors, keepCursors, oldestCursor, raiseCursors, setCursors } from './cursors.ts'
import type { JournalEntry } from './journal.ts'
import type { ChannelFollower, LiveChannel } from './liveChannel.ts'
import { type AnyLiveQuery, isNoting } from './liveQueryOptions.ts'
import { type LiveStatus, PATIENCE, setLiveness } from './liveness.ts'
import { MutationWatch } from './mutationWatch.ts'
import type { Cursors, MutationEvent, QueryClientLike, QueryLike } from './queryClient.ts'
import { Refetch } from './refetch.ts'
import { RemovedRows } from './removedRows.ts'
import { RowDrafts } from './rowDrafts.ts'
import { applyRule, isAcross, remove } from './rules.ts'

/** Over how long the fetches of many readers are spread that all have lost events, in milliseconds. */
const SPREAD = 1000

/** How many events may wait for a frame or for a mutation. */
const MAX_PENDING = 1000

/** What bindings need of their cache. */
export interface BindingHost {
  readonly queryClient: QueryClientLike
  /** After how long data that are live are fetched anew, in milliseconds. */
  readonly maxAge: number
  /** How true a query is has changed. */
  onLiveness: () => void
}

/** Keeps one query true to a channel. */
export class QueryBinding implements ChannelFollower {
  readonly query: QueryLike
  readonly channel: LiveChannel
  live: AnyLiveQuery
  /** Runs out where nobody looks at it any more. */
  timer: ReturnType<typeof setTimeout> | undefined
  readonly #host: BindingHost
  readonly #mutations: MutationWatch
  readonly #refetch: Refetch
  readonly #removed = new RemovedRows()
  /** What is to be applied in the next frame. */
  #pending: JournalEntry[] = []
  #isScheduled = false
  /** Whether the data, with what is pending, are all that the channel has told. */
  #isWhole = false
  /** Whether its channel is closed, and what was missing then has been asked for. */
  #isOver = false
  /** When the fetch began that gave the data: what came before is in them. */
  #readAt = -Infinity
  /** The data, to tell those that others have put in their place. */
  #data: unknown
  /** What was known when the last fetch began: the positions of the data, and whether events waited to be applied. */
  #cursorsBefore: Cursors | undefined
  #isLate = false
  /** The positions that an event was beyond: so is what comes after it. */
  #passed: Cursors | undefined

  constructor(query: QueryLike, live: AnyLiveQuery, channel: LiveChannel, host: BindingHost) {
    this.query = query
    this.live = live
    this.channel = channel
    this.#host = host
    this.#data = query.state.data
    this.#mutations = new MutationWatch(query, host.queryClient)
    this.#refetch = new Refetch(query, host.queryClient, () => this.#mutations.isPending)
  }

  /** Begins, once its host knows it: what it tells comes back to that. */
  start(): void {
    const { query, channel } = this
    channel.followers.add(this)
    for (const { event } of channel.journal.entries) this.#note(event)
    channel.open()
    if (this.#data !== undefined) this.#refetch.wantWithin(PATIENCE)
    if (query.state.isInvalidated) this.#refetch.want()
    this.#resume()
    this.onStatus()
  }

  /** Nobody looks at it any more. */
  close(): void {
    clearTimeout(this.timer)
    this.#refetch.close()
    this.channel.followers.delete(this)
    this.#flush()
    if (!this.#isWhole || this.#refetch.isWanted) this.query.invalidate()
    this.#tell('stale')
  }

  // What the channel tells

  onEvent(entry: JournalEntry): void {
    const { event } = entry
    const rule = own(this.live.rules, event.event)
    this.#note(event)
    if (!rule || this.#holds(event)) return
    this.#take(entry)
    if (this.#pending.length > MAX_PENDING) this.#flush()
    if (this.#pending.length > MAX_PENDING) this.#lose()
    this.schedule()
  }

  onUnplaced({ event }: SSEMessage): void {
    if (own(this.live.rules, event)) this.#refetch.want({ isUnplaced: true })
    this.onStatus()
  }

  onOpen(): void {
    // Where it was whole when the connection was lost, what comes now is the rest.
    this.#resume()
    this.onStatus()
  }

  onGap(): void {
    this.#lose()
    this.onStatus()
  }

  onStatus(): void {
    const { status } = this.channel
    if (status === 'closed') {
      if (!this.#isOver) this.#end()
      this.#isOver = true
      this.#isWhole = false
      return this.#tell('stale')
    }
    this.#isOver = false
    if (this.#isMissing && !this.#refetch.isWanted) return this.#tell('stale')
    const isBehind = !this.#isWhole || this.#refetch.isWanted || (this.#mutations.isPending && this.#pending.length > 0)
    if (status === 'open') this.#tell(isBehind ? 'catching-up' : 'live')
    else this.#tell(status === 'connecting' ? 'catching-up' : 'offline')
  }

  // What the caches tell

  /** Somebody looks at it again, maybe by other rules. */
  onLook(live: AnyLiveQuery): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.live = live
    this.#refetch.schedule()
  }

  onFetch(): void {
    if (this.#isSettled) this.#raise()
    this.#cursorsBefore = this.query.state.cursors
    this.#isLate = this.#pending.length > 0
    this.#refetch.onFetch()
  }

  onSuccess(): void {
    this.#passed = undefined
    const isNoted = keepCursors(this.query, this.#refetch.beganAt, this.#cursorsBefore)
    // What comes first may be out of a storage.
    const isKept = this.#data === undefined && this.query.options.persister
    this.#readAt = isNoted || !(isKept || isNoting(this.query)) ? this.#refetch.beganAt : -Infinity
    this.#data = this.query.state.data
    this.#refetch.onSuccess()
    this.#catchUp()
    this.#refetch.schedule()
    this.onStatus()
  }

  onError(): void {
    // Where the right to the channel is gone, so may be that to the data.
    this.#refetch.onError(this.channel.isVoid)
    this.#resume()
    this.onStatus()
  }

  onInvalidate(): void {
    this.#refetch.isDoubted = true
  }

  /** Somebody has set data by hand: what they hold is what is known. */
  onWrite(): void {
    this.#passed = undefined
    this.#data = this.query.state.data
  }

  /** The state may be another one: that of a server's rendering, of another tab, or that before a fetch which was given up. */
  onState(): void {
    const { data } = this.query.state
    this.#passed = undefined
    if (data !== this.#data) {
      this.#data = data
      // What waits may be older; what these data lack is taken anew.
      this.#pending = []
      this.#readAt = -Infinity
      this.#isWhole = false
      dropUnsureCursors(this.query)
    }
    this.#mutations.mark()
    this.#refetch.onState()
    this.#resume()
    this.onStatus()
  }

  onMutation(event: MutationEvent): void {
    if (!this.#mutations.onEvent(event)) return
    // What a fetch brings may be from before the change, and no event need come of what this client has done itself.
    if (this.#refetch.isFetching || this.#mutations.isUnsure) this.#refetch.want({ isUnplaced: true })
    // What was put back may be from before the positions of what was there.
    if (this.#mutations.isUnsure) setCursors(this.query, undefined)
    this.#refetch.schedule()
    this.schedule()
    this.onStatus()
  }

  /** Applies what waits, in the next frame. */
  schedule(): void {
    if (this.#isScheduled || this.#pending.length === 0) return
    this.#isScheduled = true
    onNextFrame(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  /** Whether the data are all that was told, and nothing waits to be applied or fetched. */
  get #isSettled(): boolean {
    return this.#isWhole && this.#pending.length === 0 && !this.#refetch.isWanted && !this.#mutations.isPending
  }

  /** Whether there is nothing but an error. */
  get #isMissing(): boolean {
    return this.#data === undefined && this.query.state.status === 'error'
  }

  /** The channel is over. Once: from then on its user's own `staleTime` and `refetchInterval` say when it is fetched. */
  #end(): void {
    const { isVoid } = this.channel
    if (isVoid) {
      this.#pending = []
      this.#passed = undefined
      setCursors(this.query, undefined)
    }
    // The server says whether the data may still be seen: to a fetch that is under way, it may have said so before.
    if (this.#data !== undefined && (isVoid || !this.#isWhole)) this.#refetch.want({ isUnplaced: isVoid })
  }

  #raise(): void {
    raiseCursors(this.query, this.channel.journal.position)
  }

  /** Remembers which rows an event removes, also where the data are without them already: they may be told of again. */
  #note(event: SSEMessage): void {
    const rule = own(this.live.rules, event.event)
    if (!isAcross(rule)) return
    try {
      applyRule(rule, [], event, new RowDrafts(this.#removed))
    } catch {
      // It is reported where it is applied.
    }
  }

  /** Whether the data hold an event already. */
  #holds({ id }: SSEMessage): boolean {
    const { cursors } = this.query.state
    if (cursors && cursors === this.#passed) return false
    if (cursorsOf(this.query)?.every((cursor) => hasReached(cursor, id))) return true
    this.#passed = cursors
    return false
  }

  /** Events are lost, or too many to wait. */
  #lose(): void {
    this.#pending = []
    this.#passed = undefined
    this.#isWhole = false
    this.#refetch.want({ delay: Math.random() * SPREAD })
  }

  #take(entry: JournalEntry): void {
    const rule = own(this.live.rules, entry.event.event)
    // The answer that gave the data should have had it.
    const isMiss = entry.at < this.#readAt
    // What could not be fetched may be there by now.
    if (rule === 'invalidate' || this.#isMissing) {
      this.#refetch.want({ isMiss })
      this.onStatus()
    } else if (rule) {
      if (rule === remove && isMiss) this.#refetch.want({ isMiss })
      this.#pending.push(entry)
    }
  }

  /** Goes on from what the data hold, where no fetch is under way that will see to it. */
  #resume(): void {
    const isDue = this.channel.status === 'open' && !this.#refetch.isFetching && this.#data !== undefined
    if (isDue && !this.#isWhole) this.#catchUp()
  }

  /** Brings data up to date with what they do not hold, or has them fetched again where that is not known. */
  #catchUp(): void {
    const { journal, status } = this.channel
    const cursor = oldestCursor(this.query)
    const missed = cursor === undefined ? journal.afterTime(this.#readAt) : journal.after(cursor)
    this.#isWhole = missed !== undefined
    if (!missed) {
      // A cache between may have answered with what it had.
      const isAsked = this.#refetch.isWanted
      if (status === 'open' && !isAsked) this.#refetch.want({ delay: 0, isMiss: journal.reaches(this.#readAt) })
      return
    }
    this.#refetch.wantWithin(this.#host.maxAge * (1 - Math.random() / 4))
    // The pages that were there before are as they were when the fetch began.
    if (cursor === undefined && this.#isLate && this.query.state.fetchMeta?.fetchMore)
      this.#refetch.want({ isUnplaced: true })
    this.#pending = []
    for (const entry of missed) this.#take(entry)
    this.#flush()
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    // What a mutation shows ahead of the server is not to be overwritten by what came before it.
    if (this.#mutations.isPending) return this.onStatus()
    const entries = this.#pending
    this.#pending = []
    const { queryClient } = this.#host
    // It may be gone, and is not to come back by this.
    if (this.#data === undefined || queryClient.getQueryCache().get(this.query.queryHash) !== this.query) return
    let data: unknown = this.#data
    const drafts = new RowDrafts(this.#removed)
    for (const { event } of entries) {
      const rule = own(this.live.rules, event.event)
      if (rule === remove) return this.#drop()
      if (!rule || rule === 'invalidate') continue
      const apply = () => (data = applyRule(rule, data, event, drafts))
      if (!isDone(apply)) this.#refetch.want({ isUnplaced: true })
    }
    if (this.#isSettled) this.#raise()
    const { isInvalidated } = this.query.state
    if (data !== this.#data) this.#write(data)
    // To whom else it said that it is to be fetched, that is still so.
    if (isInvalidated) this.query.invalidate()
    this.onStatus()
  }

  #write(data: unknown): void {
    if (isDone(() => this.query.setData(data as never, { manual: true }))) return
    // Functions of the query's user are called by that: whether the data are these now depends on which of them threw.
    this.onWrite()
    setCursors(this.query, undefined)
    this.#refetch.want({ isUnplaced: true })
  }

  /** What was fetched is gone. Its `reset()` would give up a fetch that somebody may wait for, and show what the query began with. */
  #drop(): void {
    this.#setState({
      data: undefined,
      dataUpdatedAt: 0,
      cursors: undefined,
      status: 'pending',
      error: null,
    })
    this.#refetch.want({ delay: 0 })
  }

  #tell(status: LiveStatus): void {
    if (!setLiveness(this.query, status)) return
    // Those that look at it ask anew whether it is stale, and whether to poll.
    this.#setState({})
    this.#host.onLiveness()
  }

  #setState(part: object): void {
    callSafely(() => this.query.setState({ ...this.query.state, ...part } as never))
  }
}

/** Calls user code. Returns whether that has not thrown. */
function isDone(call: () => unknown): boolean {
  let isDone = false
  callSafely(() => {
    call()
    isDone = true
  })
  return isDone
}
