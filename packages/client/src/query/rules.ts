import type { SSEMessage } from '../types.ts'
import { type Row, RowDrafts } from './rowDrafts.ts'
import { compareVersions } from './rowVersion.ts'

/** What an event does to fetched data: it returns what is to be in its place, and changes nothing in it. */
export type LivePatch<Cached = unknown, Payload = unknown> = (
  data: Cached,
  payload: Payload,
  event: SSEMessage<string, Payload>,
) => Cached

const ACROSS: unique symbol = Symbol('across pages')

/** A patch that looks at all pages of an infinite query at once: what {@link upsertById} and {@link removeById} return. */
export interface ListPatch {
  readonly [ACROSS]: true
}

// A function, as bindings that unwrap refs copy plain objects, and lose symbols with that. Its type has no parameters, so that those of a
// function that is written in its place are known.
type AcrossPatch = ListPatch & Patch
type Patch = (data: unknown, payload: unknown, drafts: RowDrafts) => unknown

/**
 * What an event does to a query: a function, `'invalidate'` to fetch anew, or {@link remove}. A function is called for each page of
 * an infinite query. It is called again after every fetch whose answer does not hold the event yet, so it has to be idempotent: an
 * increment is no patch, but an `'invalidate'`.
 */
export type LiveRule<Cached = unknown, Payload = unknown> =
  | LivePatch<Cached, Payload>
  | ListPatch
  | 'invalidate'
  | typeof remove

/** A rule of which it is not known for what data it is, nor, where nothing is said of it, for what payload. */
export type AnyLiveRule<Payload = never> =
  | ((data: never, payload: Payload, event: SSEMessage<string, Payload>) => unknown)
  | ListPatch
  | 'invalidate'
  | typeof remove

/** The rule that drops what was fetched: who looks at it gets it anew. */
export const remove = 'remove'

/** Options of {@link upsertById} and {@link removeById}. */
export interface ListOptions {
  /** The field of a row that names it. A payload without it is reported (`reportError`), and the query fetched. @default 'id' */
  id?: string | undefined
  /** The field of the data, or of a page, that holds the rows, where they are not the data themselves. */
  rows?: string | undefined
  /**
   * The field of a row that grows with each change of it, its removal included: a row with a lower one is old, and changes nothing. Numbers,
   * texts of digits, moments of ISO 8601 in one zone, or texts of one length, which are ordered by their characters. Where versions have no
   * order, that is reported (`reportError`), and the query fetched.
   */
  version?: string | undefined
  /** Where a new row goes; `false` for nowhere. @default 'end' */
  add?: 'start' | 'end' | false | undefined
}

/** Whether a rule is one of ours, which may be called at any time. */
export function isAcross(rule: LiveRule | undefined): rule is ListPatch {
  return typeof rule === 'function' && ACROSS in rule
}

/**
 * The rule that puts the payload, a row, in the place of the row with its id, or adds it. Rows may be an array, or lie in a field; of an
 * infinite query, in each page.
 *
 * @example
 * rules: { updated: upsertById(), created: upsertById({ add: 'start' }) }
 */
export function upsertById({ id = 'id', rows, version, add = 'end' }: ListOptions = {}): ListPatch {
  return across((data, payload, drafts) => {
    const row = payload as Row
    const name = nameOf(row, id)
    if (version !== undefined && drafts.removed.has(`${rows} ${id} ${name}`, row[version])) return data
    let isFound = false
    const replace = (old: readonly Row[]) => {
      const at = drafts.find(old, id, row[id])
      if (at < 0) return old
      isFound = true
      const isOld = version !== undefined && compareVersions(old[at]?.[version], row[version]) >= 0
      return isOld ? old : drafts.set(old, at, row, id)
    }
    const replaced = mapRows(data, rows, replace)
    if (isFound || !add) return replaced
    return mapOne(replaced, add, (page) =>
      mapRows(page, rows, (old) => (add === 'start' ? [row, ...old] : drafts.set(old, old.length, row, id))),
    )
  })
}

/**
 * The rule that takes the row with the payload's id out; the payload is a row, or an id alone. Options as for {@link upsertById}: with
 * `version`, a row stays that is newer than its removal, and one that was removed does not come back by what is told late of it: of the
 * last 1,000 rows that were removed while somebody looked at the query, where their removal has a version.
 */
export function removeById({ id = 'id', rows, version }: Omit<ListOptions, 'add'> = {}): ListPatch {
  return across((data, payload, { removed }) => {
    const gone = (typeof payload === 'object' && payload !== null ? payload : { [id]: payload }) as Row
    const name = nameOf(gone, id)
    if (version !== undefined) removed.add(`${rows} ${id} ${name}`, gone[version])
    const isNewer = (one: Row) => version !== undefined && compareVersions(one[version], gone[version]) > 0
    const isGone = (one: Row) => one[id] === gone[id] && !isNewer(one)
    return mapRows(data, rows, (old) => (old.some(isGone) ? old.filter((one) => !isGone(one)) : old))
  })
}

/** What data looks like after an event; `drafts` are of all events that are applied together. */
export function applyRule(
  rule: LivePatch | ListPatch,
  data: unknown,
  event: SSEMessage,
  drafts: RowDrafts = new RowDrafts(),
): unknown {
  if (isAcross(rule)) return (rule as AcrossPatch)(data, event.data, drafts)
  // A function may keep what it is given.
  drafts.clear()
  const patch = (part: unknown) => {
    const next = rule(part, event.data, event)
    return next === undefined ? part : next
  }
  if (!isInfinite(data)) return patch(data)
  const pages = mapSame(data.pages, patch)
  return pages === data.pages ? data : { ...data, pages }
}

interface Infinite {
  readonly pages: readonly unknown[]
  readonly pageParams: readonly unknown[]
}

/** Whether data is that of an infinite query. */
export function isInfinite(data: unknown): data is Infinite {
  const { pages, pageParams } = Object(data) as Partial<Infinite>
  return Array.isArray(pages) && Array.isArray(pageParams)
}

function across(patch: Patch): ListPatch {
  return Object.assign(patch, { [ACROSS]: true as const })
}

/** The name of a row. */
function nameOf(row: Row | null | undefined, id: string): string {
  if (row?.[id] == null) throw mistake(`a payload with \`${id}\``, row, 'id')
  return row[id] as string
}

function mistake(expected: string, got: unknown, option: string): TypeError {
  const text = JSON.stringify(got)?.slice(0, 100)
  return new TypeError(`Expected ${expected}, got ${text}: check the option \`${option}\`.`)
}

/** Maps the rows of all pages; what does not change stays the same object. */
function mapRows(data: unknown, field: string | undefined, map: (rows: readonly Row[]) => readonly Row[]): unknown {
  if (isInfinite(data)) {
    const pages = mapSame(data.pages, (page) => mapRows(page, field, map))
    return pages === data.pages ? data : { ...data, pages }
  }
  const rows = field === undefined ? data : (Object(data) as Row)[field]
  if (!Array.isArray(rows)) throw mistake(`an array as \`${field ?? 'data'}\``, rows, 'rows')
  const mapped = map(rows as Row[])
  if (mapped === rows) return data
  return field === undefined ? mapped : { ...(data as Row), [field]: mapped }
}

/** Maps the first page, or the last; data without pages is one. */
function mapOne(data: unknown, which: 'start' | 'end', map: (page: unknown) => unknown): unknown {
  if (!isInfinite(data)) return map(data)
  const at = which === 'start' ? 0 : data.pages.length - 1
  return { ...data, pages: data.pages.map((page, index) => (index === at ? map(page) : page)) }
}

function mapSame(list: readonly unknown[], map: (value: unknown) => unknown): readonly unknown[] {
  const mapped = list.map((value) => map(value))
  return mapped.every((value, index) => value === list[index]) ? list : mapped
}
