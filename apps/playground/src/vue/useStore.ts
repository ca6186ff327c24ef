import { onScopeDispose, type ShallowRef, shallowRef } from 'vue'
import type { Store } from '../shared/createStore.ts'

/** A store's state as a ref. */
export function useStore<State>({ getState, subscribe }: Store<State>): Readonly<ShallowRef<State>> {
  const state = shallowRef(getState())
  onScopeDispose(
    subscribe(() => {
      state.value = getState()
    }),
  )
  return state
}
