import { MAX_TIMEOUT } from '../backoff.ts'
import { tick } from './journal.ts'
import type { QueryClientLike, QueryLike } from './queryClient.ts'

/** The least time between two fetches that events ask for, and the most between two in vain, in milliseconds. */
const INTERVAL = 1000
const MAX_INTERVAL = 60_000

/** Options of a wish for a fetch. */
interface Wish {
  /** How long it may wait at least, in milliseconds; else as long as it takes for the next one to be due. */
  readonly delay?: number | undefined
  /** Whether no answer of a fetch that is under way can do, whatever its position. */
  readonly isUnplaced?: boolean | undefined
  /** Whether it is because the last answer was too old. */
  readonly isMiss?: boolean | undefined
}

/**
 * Fetches a query anew: at once, and then once for all that was wished meanwhile; never into a fetch that is under way, nor into a
 * mutation; and less and less often where it is in vain.
 */
export class Refetch {
  readonly #query: QueryLike
  readonly #client: QueryClientLike
  readonly #isBlocked: () => boolean
  /** Whether there is a reason to fetch. */
  isWanted = false
  /** When the last fetch began. */
  beganAt: number = -Infinity
  /** Whether somebody has said that the data are not to be trusted, and no answer has come since. */
  isDoubted = false
  #isUnderWay = false
  /** When there was a last reason that only a later fetch can answer. */
  #unplacedAt = -Infinity
  /** When it was last asked for, by `performance.now()`. */
  #askedAt = -Infinity
  /** How often in a row it was in vain: by now, and with the last answer. */
  #misses = 0
  #missesBefore = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(query: QueryLike, client: QueryClientLike, isBlocked: () => boolean) {
    this.#query = query
    this.#client = client
    this.#isBlocked = isBlocked
  }

  get isFetching(): boolean {
    return this.#query.state.fetchStatus !== 'idle'
  }

  want({ delay, isUnplaced, isMiss }: Wish = {}): void {
    this.isWanted = true
    if (isUnplaced) this.#unplacedAt = tick()
    if (isMiss) this.#misses = this.#missesBefore + 1
    this.schedule(delay)
  }

  /** Wants it after so many milliseconds, if nothing else is said until then. */
  wantWithin(time: number): void {
    clearTimeout(this.#deadline)
    if (time <= MAX_TIMEOUT) this.#deadline = setTimeout(() => this.want(), time)
  }

  /** Sees to what is wanted, if it can be now. */
  schedule(delay?: number): void {
    if (!this.isWanted || this.#isClosed || this.#timer || this.isFetching || this.#isBlocked()) return
    const interval = Math.min(MAX_INTERVAL, INTERVAL * 2 ** this.#misses)
    const due = this.#askedAt + interval - performance.now()
    const time = this.#misses > 0 ? Math.max(due, delay ?? 0) : (delay ?? due)
    this.#timer = setTimeout(() => this.#run(), Math.max(0, time))
  }

  onFetch(): void {
    this.beganAt = tick()
    this.#isUnderWay = true
    this.#askedAt = performance.now()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** There is an answer. What it does not hold of what was told is to be wanted again. */
  onSuccess(): void {
    // Of the pages that were there, one more says nothing.
    if (!this.#query.state.fetchMeta?.fetchMore) {
      this.isWanted = this.#unplacedAt > this.beganAt
      this.isDoubted = false
    }
    this.#isUnderWay = false
    this.#missesBefore = this.#misses
    this.#misses = 0
  }

  /** A fetch has failed; where that is an answer, too, there is no other one. */
  onError(isAnswer: boolean): void {
    this.#misses++
    // Without data there is nothing that could be wrong; the query's own `retry` has had its say.
    const isDone = this.#query.state.data === undefined || (isAnswer && this.#unplacedAt < this.beganAt)
    if (isDone) this.isDoubted = false
    if (isDone) this.isWanted = false
    this.onState()
  }

  /** A fetch may have been given up. */
  onState(): void {
    if (this.#isUnderWay && !this.isFetching) {
      this.#isUnderWay = false
      this.isWanted ||= this.isDoubted
    }
    this.schedule()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#deadline)
  }

  #run(): void {
    this.#timer = undefined
    // Their end comes back to it, and so does who looks at it again.
    if (this.isFetching || this.#isBlocked() || !this.#query.isActive()) return
    this.#askedAt = performance.now()
    const filters = { queryKey: this.#query.queryKey, exact: true, refetchType: 'active' }
    void this.#client.invalidateQueries(filters as never, { cancelRefetch: false } as never)
  }
}
