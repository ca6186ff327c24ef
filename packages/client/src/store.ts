import { onNextFrame } from './frame.ts'
import { forEachMember, subscription } from './subscription.ts'

/**
 * A state, held twice: as it is now, and as it was last published. Publication happens at most once per frame, however
 * often the state changes, so that a burst of events costs a component one render.
 */
export interface Store<State> {
  /** The state now. */
  readonly current: State
  /** The state as last published: the same object until the next publication. */
  getSnapshot: () => State
  /** Changes the state now; subscribers hear of it in the next frame. */
  set: (change: Partial<State>) => void
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
  return {
    current,
    getSnapshot: () => published,
    set(change) {
      // For each event: cheaper than `Object.assign`.
      for (const name in change) current[name] = change[name] as State[typeof name]
      if (isPublished) onNextFrame(flush)
      isPublished = false
    },
    flush,
    // A wrapper of its own, so that one function can be subscribed twice.
    subscribe: (listener) => subscription(listeners, () => listener()),
  }
}
