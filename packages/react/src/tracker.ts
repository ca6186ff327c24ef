/** Notices which fields of a state a component reads while it renders, so that only those render it again. */
export interface Tracker<State extends object> {
  /** A rendering begins, with this state. */
  begin: (state: State) => State
  /** What was rendered is shown: what is read from now on, in a handler say, counts no more. */
  end: () => void
  /** Returns the same state until a field changes that was read; or any, where none was. */
  select: (next: State) => State
  /** Returns the state, whose fields notice that they are read. */
  view: (state: State) => State
}

/** Creates the tracker of one component. */
export function createTracker<State extends object>(): Tracker<State> {
  const read = new Set<keyof State>()
  let shown: State
  let isRendering = false
  return {
    begin(state) {
      isRendering = true
      return (shown = state)
    },
    end() {
      isRendering = false
    },
    select(next) {
      const isChanged = (name: keyof State) => !Object.is(next[name], shown[name])
      if (read.size === 0 || [...read].some(isChanged)) shown = next
      return shown
    },
    view(state) {
      const view = {} as State
      for (const name of Object.keys(state) as (keyof State)[]) {
        const get = () => {
          if (isRendering) read.add(name)
          return state[name]
        }
        Object.defineProperty(view, name, { enumerable: true, get })
      }
      return view
    },
  }
}
