/** The last of many values. */
export interface Ring<T> {
  /** Adds one, and keeps as many as `max`. */
  push: (value: T, max: number) => void
  /** Those that are kept, oldest first: the same list until the next is added. */
  readonly list: readonly T[]
}

/** Creates a ring. It copies its list when that is looked at, and not for each value. */
export function createRing<T>(initial: readonly T[]): Ring<T> {
  let values = [...initial]
  let bound = Infinity
  let list: readonly T[] | undefined = initial
  const cut = () => (bound > 0 ? values.slice(-Math.ceil(bound)) : [])
  return {
    push(value, max) {
      bound = max
      list = undefined
      // Not the whole list moved for each value.
      if (max > 0 ? values.push(value) > 2 * bound : values.length > 0) values = cut()
    },
    get list() {
      return (list ??= cut())
    },
  }
}
