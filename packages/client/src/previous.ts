import type { SSEMessage } from './types.ts'

/** What is looked at to see whether there is something to show. */
interface Showing {
  readonly status: string
  readonly closeReason: string | undefined
  readonly data: unknown
  readonly lastEvent: SSEMessage | undefined
}

/** What one component showed before it followed something else. It is that component's alone: others get nothing of it. */
export interface Previous<State> {
  /** From here on that is shown; or nothing, where there is nothing to be kept. */
  keep: (state: State | undefined) => void
  /** What is shown for a state: with the data of before, until its own first event or its end. */
  show: (state: State) => State
}

/** Creates the memory of one component. */
export function createPrevious<State extends Showing>(): Previous<State> {
  let kept: Pick<State, 'data' | 'lastEvent'> | undefined
  let shown: [of: State, state: State] | undefined
  return {
    keep(state) {
      shown = undefined
      kept = state?.lastEvent && { data: state.data, lastEvent: state.lastEvent }
    },
    show(state) {
      const { lastEvent, status, closeReason } = state
      // Who is refused is not shown what somebody was allowed to see; who has closed it by hand looks at what there was.
      if (lastEvent || (status === 'closed' && closeReason !== 'manual')) kept = undefined
      if (!kept) return state
      if (shown?.[0] !== state) shown = [state, { ...state, ...kept }]
      return shown[1]
    },
  }
}
