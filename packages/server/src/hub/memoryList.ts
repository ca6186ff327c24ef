/** What can stand in a {@link MemoryList}: in one at a time. */
export interface Listed<T extends Listed<T>> {
  list: MemoryList<T> | undefined
  older: T | undefined
  newer: T | undefined
}

/**
 * A queue that anything can leave from the middle, at the same small cost. A `Set` keeps the same order, but walks over
 * all that has left before it finds its first.
 */
export class MemoryList<T extends Listed<T>> {
  oldest: T | undefined
  newest: T | undefined
  size = 0

  /** Makes a node the newest one here, wherever it stands. */
  push(node: T): void {
    node.list?.remove(node)
    node.list = this
    node.older = this.newest
    if (this.newest) this.newest.newer = node
    else this.oldest = node
    this.newest = node
    this.size += 1
  }

  /** Takes a node out, if it stands here. */
  remove(node: T): void {
    if (node.list !== this) return
    if (node.older) node.older.newer = node.newer
    else this.oldest = node.newer
    if (node.newer) node.newer.older = node.older
    else this.newest = node.older
    node.list = node.older = node.newer = undefined
    this.size -= 1
  }
}
