import { parsePosition } from '@tidewire/protocol'
import { isBeyond } from '../channels/position.ts'
import type { Cursors, QueryLike } from './queryClient.ts'

/** Where what a call of a `queryFn` returned is from, if it said so. */
interface Note {
  readonly cursor: string | undefined
  /** When the call began. */
  readonly at: number
}

const notes = new WeakMap<QueryLike, Map<string, Note>>()

/** The name of a page: '' for data without any. */
export function pageOf(context: { readonly pageParam?: unknown }): string {
  return 'pageParam' in context ? nameOf(context.pageParam) : ''
}

function nameOf(pageParam: unknown): string {
  return JSON.stringify(pageParam ?? null, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

/** Notes from which position a page is that was fetched, until it is known whether the fetch succeeds. */
export function note(query: QueryLike, page: string, cursor: string | undefined, at: number): void {
  const pages = notes.get(query) ?? new Map<string, Note>()
  notes.set(query, pages)
  // A fetch that was given up may answer after the one that took its place.
  if ((pages.get(page)?.at ?? 0) > at) return
  const known = cursor !== undefined && parsePosition(cursor) ? cursor : undefined
  pages.set(page, { cursor: known, at })
  // Without data there is nothing that it could be wrong for; and on a server nobody else is there to keep it.
  if (query.state.data === undefined) setCursors(query, merge(query.state.cursors, pages, at))
}

/**
 * A fetch that began then has succeeded: what was noted of it are the positions of the data; those of pages that were there before are what
 * they were then. Returns whether anything was noted: else the data did not come from the `queryFn`, and nobody knows when they were read.
 */
export function keepCursors(query: QueryLike, since: number, before: Cursors | undefined): boolean {
  const pages = notes.get(query) ?? new Map<string, Note>()
  notes.delete(query)
  const isKnown = [...pages.values()].some(({ at }) => at > since)
  setCursors(query, isKnown ? merge(before, pages, since) : undefined)
  return isKnown
}

function merge(cursors: Cursors | undefined, pages: ReadonlyMap<string, Note>, since: number): Cursors {
  const merged = new Map(Object.entries(cursors ?? {}))
  for (const [page, { cursor, at }] of pages) {
    if (at < since) continue
    if (cursor === undefined) merged.delete(page)
    else merged.set(page, cursor)
  }
  return Object.fromEntries(merged)
}

/** Sets the positions of a query's data. It tells nobody: they go along with the next change of its state. */
export function setCursors(query: QueryLike, cursors: Cursors | undefined): void {
  Object.assign(query.state, { cursors })
}

/** Says whether a query's data may show what is not true yet: whoever gets them from a storage is not to go on from them. */
export function setAhead(query: QueryLike, isAhead: boolean): void {
  Object.assign(query.state, { isAhead })
}

/** Forgets the positions of data that came from elsewhere, where they mean nothing. */
export function dropUnsureCursors(query: QueryLike): void {
  if (!query.state.isAhead) return
  setCursors(query, undefined)
  setAhead(query, false)
}

/** The positions of all pages of a query's data; undefined where that of one is not known. */
export function cursorsOf({ state: { data, cursors } }: QueryLike): string[] | undefined {
  const found = pagesOf(data).map((page) => cursors?.[page])
  return found.length > 0 && found.every((cursor) => cursor !== undefined) ? found : undefined
}

/** The position that all of a query's data have reached; undefined where it is not known. */
export function oldestCursor(query: QueryLike): string | undefined {
  return cursorsOf(query)?.reduce((a, b) => (isBeyond(a, b) ? b : a))
}

/** All of a query's data are from there at least. */
export function raiseCursors(query: QueryLike, position: string): void {
  const { data, cursors } = query.state
  const raise = (cursor = '') => (isBeyond(cursor, position) ? cursor : position)
  setCursors(query, Object.fromEntries(pagesOf(data).map((page) => [page, raise(cursors?.[page])])))
}

function pagesOf(data: unknown): string[] {
  const { pages, pageParams } = Object(data) as { pages?: unknown; pageParams?: unknown }
  return Array.isArray(pages) && Array.isArray(pageParams) ? pageParams.map(nameOf) : ['']
}
