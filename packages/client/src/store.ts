import { onNextFrame } from './frame.ts'
import { forEachMember, subscription } from './subscription.ts'

/**
 * A state, held twice: as it is now, and as it was last published. Publication happens at most once per frame, however
 * often the state changes, so that a burst of events costs a component one render.
 */
export interface Store<State> {
  /** The state now. Whoever changes it in place has to `touch` it. */
  readonly current: State
  /** The state as last published: the same object until the next publication. */
  getSnapshot: () => State
  /** Changes the state now; subscribers hear of it in the next frame. */
  set: (change: Partial<State>) => void
  /** Says that the state now has been changed. */
  touch: () => void
  /** Publishes what has changed without waiting for the frame. */
  flush: () => void
  /** Calls `listener` after each publication, until the returned function is called. */
  subscribe: (listener: () => void) => () => void
}

/** Creates a store of an object's own fields, which always show the state now. */
export function createStore<State extends object>(current: State): Store<State> {
  const listeners = new Set<() => void>()
  let published = { ...current }
  let isPublished = true
  const flush = () => {
    if (isPublished) return
    isPublished = true
    published = { ...current }
    forEachMember(listeners, (listener) => listener())
  }
  const touch = () => {
    if (isPublished) onNextFrame(flush)
    isPublished = false
  }
  return {
    current,
    getSnapshot: () => published,
    set(change) {
      Object.assign(current, change)
      touch()
    },
    touch,
    flush,
    // A wrapper of its own, so that one function can be subscribed twice.
    subscribe: (listener) => subscription(listeners, () => listener()),
  }
}
