import { compareVersions } from './rowVersion.ts'

/** Of how many rows it is known that they are gone; beyond that, the oldest removal is forgotten. */
const MAX_REMOVED = 1000

/** The versions with which the rows of a query were removed: what is told late of such a row is not to bring it back. */
export class RemovedRows {
  readonly #versions = new Map<string, unknown>()

  add(row: string, version: unknown): void {
    if (version == null || this.has(row, version)) return
    this.#versions.delete(row)
    this.#versions.set(row, version)
    if (this.#versions.size > MAX_REMOVED) this.#versions.delete(this.#versions.keys().next().value as string)
  }

  /** Whether a row was removed with such a version, or a later one. */
  has(row: string, version: unknown): boolean {
    return compareVersions(this.#versions.get(row), version) >= 0
  }
}
