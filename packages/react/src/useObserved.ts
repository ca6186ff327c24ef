'use client'

import type { SSEError } from '@tidewire/client'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { createTracker } from './tracker.ts'

/** What a component shows. */
interface Observed<State> {
  subscribe: (listener: () => void) => () => void
  getSnapshot: () => State
  getServerSnapshot: () => State
  load?: () => Promise<void> | undefined
}

/** Options of all hooks that show a connection. */
export interface UseErrorOptions {
  /**
   * Whether an error boundary gets what ends the stream: a failure that no further attempt can mend. A function decides.
   * @default false
   */
  throwOnError?: boolean | ((error: SSEError) => boolean) | undefined
}

/** Options of hooks that can wait. */
export interface UseSuspenseOptions {
  /**
   * Whether the component waits for the first event, in a `Suspense`, before it is shown at first. Only for what is shared: a GET,
   * or a channel. On the server it does not wait. Callbacks are called from when it is shown. Inline functions are new in each
   * attempt to render: `reduce`, `parse`, `until`, `fetch` and the like have to be kept outside of the component, which is a
   * `TypeError` else. A `headers` function is called while rendering, and counts by what it returns. @default false
   */
  suspense?: boolean | undefined
}

/**
 * Shows a state, with what can be done about it. Only a change of a field that was read renders again (any change, where
 * the rendering has read none); a field that is first read in a handler is as old as the last rendering. Throws what a boundary
 * above is to take: the wait for the first event, or the failure that ended a stream.
 */
export function useObserved<State extends object, Actions extends object>(
  observed: Observed<State>,
  actions: Actions,
  { throwOnError, suspense }: UseErrorOptions & UseSuspenseOptions = {},
): State & Actions {
  const [tracker] = useState(createTracker<State>)
  // Not on the server, where nothing is connected.
  const loading = suspense && globalThis.document ? observed.load?.() : undefined
  // oxlint-disable-next-line typescript/only-throw-error -- React's own way to be told to wait
  if (loading) throw loading
  tracker.begin(observed.getSnapshot())
  const { subscribe } = observed
  const shown = useSyncExternalStore(
    useCallback((listener: () => void) => tracker.follow(subscribe, listener), [subscribe, tracker]),
    () => tracker.select(observed.getSnapshot()),
    // What the server has shown, also where somebody has connected meanwhile.
    () => tracker.begin(observed.getServerSnapshot()),
  )
  useEffect(() => tracker.end())
  const view = tracker.view(shown)
  if (throwOnError) {
    const { status, error } = view as { status?: string; error?: SSEError }
    const isThrown = error && status === 'closed' && (throwOnError === true || throwOnError(error))
    if (isThrown) throw error
  }
  return Object.assign(view, actions)
}
