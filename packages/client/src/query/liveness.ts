import { cursorsOf } from './cursors.ts'
import type { QueryLike } from './queryClient.ts'
import { findSync } from './syncs.ts'

/**
 * How true a query is. `live`: it is what the server has. `catching-up`: it will be in a moment. `offline`: the connection is lost.
 * `stale`: nothing keeps it true, or there is nothing but an error.
 */
export type LiveStatus = 'live' | 'catching-up' | 'stale' | 'offline'

/** What is known of a query. */
export interface LiveState {
  readonly status: LiveStatus
  /**
   * When it became live, while it is, and after that when it was noticed that it is so no longer, in milliseconds since the epoch: a lost
   * connection is noticed up to two heartbeats after the last that was heard, and one that was asleep with its machine when that wakes up.
   * Undefined where it never was live.
   */
  readonly lastSyncedAt: number | undefined
}

/** For how long a query that could resume is waited for before it is fetched, in milliseconds. */
export const PATIENCE = 5000

/** How true a query is of which nothing is known. */
export const UNKNOWN: LiveState = { status: 'stale', lastSyncedAt: undefined }

/** What is known of a query, and since when, in milliseconds since the epoch. */
const known = new WeakMap<QueryLike, { readonly state: LiveState; readonly since: number }>()

/** How true a query is now. */
export function livenessOf(query: QueryLike | undefined): LiveState {
  return (query && known.get(query)?.state) ?? UNKNOWN
}

/** Whether a query needs no fetch, as it is live. */
export function isLive(query: QueryLike): boolean {
  return livenessOf(query).status === 'live' && !query.state.isInvalidated
}

/** Whether a query is about to be live without a fetch: it has a position to resume from. */
export function mayWait(query: QueryLike): boolean {
  const { isInvalidated, isAhead } = query.state
  if (isInvalidated || isAhead || !cursorsOf(query) || !findSync(query)) return false
  const { state, since } = known.get(query) ?? {}
  // Nobody waits who is not about to be told.
  if (!state || since === undefined) return query.isActive()
  return state.status === 'catching-up' && Date.now() - since < PATIENCE
}

/** Says how true a query is. Returns whether that is news. */
export function setLiveness(query: QueryLike, status: LiveStatus): boolean {
  const { status: before, lastSyncedAt } = livenessOf(query)
  if (known.has(query) && before === status) return false
  const now = Date.now()
  const isSynced = status === 'live' || before === 'live'
  known.set(query, { state: { status, lastSyncedAt: isSynced ? now : lastSyncedAt }, since: now })
  return true
}
