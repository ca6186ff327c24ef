/** A state that a framework can follow. */
export interface Store<State> {
  getState: () => State
  subscribe: (listener: () => void) => () => void
}

/** Holds a state that changes by actions alone. */
export function createStore<State, Action>(
  initial: State,
  reduce: (state: State, action: Action) => State,
): Store<State> & { dispatch: (action: Action) => void } {
  const listeners = new Set<() => void>()
  let state = initial
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch(action) {
      state = reduce(state, action)
      for (const listener of [...listeners]) listener()
    },
  }
}
