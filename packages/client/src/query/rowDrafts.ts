import { RemovedRows } from './removedRows.ts'

/** A row of a list. */
export type Row = Readonly<Record<string, unknown>>

/** Where the rows of a list are, by the field that names them. */
interface Places {
  readonly id: string
  readonly all: Map<unknown, number>
}

/**
 * The lists that were made for the frame which is being applied. Nobody else has seen them, so they may be changed: a copy of a long list, and
 * a walk through it, for each event are most of what patches would cost.
 */
export class RowDrafts {
  /** The rows that were removed, by whatever frame. */
  readonly removed: RemovedRows
  readonly #places = new Map<readonly Row[], Places | undefined>()

  constructor(removed: RemovedRows = new RemovedRows()) {
    this.removed = removed
  }

  /** Where the row with a name is; -1 where there is none. */
  find(rows: readonly Row[], id: string, name: unknown): number {
    // For one event alone, walking costs less than an index.
    if (!this.#places.has(rows)) return rows.findIndex((one) => one[id] === name)
    const known = this.#places.get(rows)
    const places = known?.id === id ? known : { id, all: new Map<unknown, number>() }
    if (places !== known) {
      for (const [at, one] of rows.entries()) if (!places.all.has(one[id])) places.all.set(one[id], at)
      this.#places.set(rows, places)
    }
    return places.all.get(name) ?? -1
  }

  /** A list with a row at a place: the list itself, where it is one of these. */
  set(rows: readonly Row[], at: number, row: Row, id: string): readonly Row[] {
    const isDraft = this.#places.has(rows)
    const next = isDraft ? (rows as Row[]) : [...rows]
    const places = this.#places.get(rows)
    next[at] = row
    places?.all.set(row[id], at)
    this.#places.set(next, places?.id === id ? places : undefined)
    return next
  }

  /** Somebody has seen the lists. */
  clear(): void {
    this.#places.clear()
  }
}
