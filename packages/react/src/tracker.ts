/** Notices which fields of a state a component reads, so that only those render it again. */
export interface Tracker<State extends object> {
  /** A rendering begins, with this state. */
  begin: (state: State) => State
  /** What was rendered is shown. */
  end: () => void
  /** Returns the same state until a field changes that was read; or any, where the rendering has read none. */
  select: (next: State) => State
  /** Returns the state, whose fields notice that they are read. */
  view: (state: State) => State
  /** Follows what is shown, as `listener` asks it to. */
  follow: (subscribe: (listener: () => void) => () => void, listener: () => void) => () => void
}

/** Creates the tracker of one component. */
export function createTracker<State extends object>(): Tracker<State> {
  const read = new Set<keyof State>()
  /** What was read only later: in a handler, or by a child that has rendered for itself. */
  const readLate = new Set<keyof State>()
  let shown: State
  let latest: State
  let isRendering = false
  let wake: (() => void) | undefined
  return {
    begin(state) {
      isRendering = true
      return (shown = latest = state)
    },
    end() {
      isRendering = false
    },
    select(next) {
      latest = next
      const isChanged = (name: keyof State) => !Object.is(next[name], shown[name])
      if (read.size === 0 || [...read, ...readLate].some(isChanged)) shown = next
      return shown
    },
    view(state) {
      const view = {} as State
      for (const name of Object.keys(state) as (keyof State)[]) {
        const get = () => {
          ;(isRendering ? read : readLate).add(name)
          // What has changed unnoticed is rendered; not now, as somebody may be rendering.
          if (!Object.is(state[name], latest[name])) queueMicrotask(() => wake?.())
          return state[name]
        }
        Object.defineProperty(view, name, { enumerable: true, get })
      }
      return view
    },
    follow(subscribe, listener) {
      wake = listener
      return subscribe(listener)
    },
  }
}
