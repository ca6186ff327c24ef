/**
 * A set that takes next to no memory while it is empty, as most of a connection's are, and there are thousands of connections. As
 * long as it has members it is iterated over as a `Set` is: who is added meanwhile is visited.
 */
export class SparseSet<T> implements Iterable<T> {
  #members: Set<T> | undefined

  get size(): number {
    return this.#members?.size ?? 0
  }

  has(member: T): boolean {
    return this.#members?.has(member) ?? false
  }

  add(member: T): void {
    this.#members ??= new Set()
    this.#members.add(member)
  }

  delete(member: T): void {
    if (this.#members?.delete(member) && this.#members.size === 0) this.#members = undefined
  }

  *[Symbol.iterator](): Iterator<T> {
    if (this.#members) yield* this.#members
  }
}
