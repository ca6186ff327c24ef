import type { LiveState } from '@tidewire/react/query'
import { useEffect, useState } from 'react'
import { CATCH_UP_PATIENCE } from '../shared/describeOrders.ts'

/** How true a query is, without what is over before anybody could read it. */
export function useSteady(state: LiveState): LiveState {
  const [steady, setSteady] = useState(state)
  const isPassing = state.status === 'catching-up' && steady.status === 'live'
  useEffect(() => {
    const timer = setTimeout(() => setSteady(state), isPassing ? CATCH_UP_PATIENCE : 0)
    return () => clearTimeout(timer)
  }, [state, isPassing])
  return steady
}
