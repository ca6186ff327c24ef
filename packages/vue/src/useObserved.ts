import {
  type ComponentInternalInstance,
  computed,
  type EffectScope,
  getCurrentInstance,
  getCurrentScope,
  onActivated,
  onDeactivated,
  onMounted,
  onScopeDispose,
  type Ref,
  type ShallowRef,
  shallowRef,
} from 'vue'

/** What a component shows. */
interface Observed<State> {
  subscribe: (listener: () => void) => () => void
  getSnapshot: () => State
  getServerSnapshot: () => State
}

/** Each field of a state as a ref, so that it can be destructured. */
export type Refs<State> = { readonly [K in keyof Required<State>]: Readonly<Ref<State[K]>> }

/**
 * Shows a state for as long as the component, or the effect scope, lives; not on the server, and not while a `KeepAlive` has
 * put the component aside. A ref changes only where its own field does.
 */
export function useObserved<State extends object>(observed: Observed<State>): Refs<State> {
  const component = getCurrentInstance()
  // A component that adopts what the server has sent has an element already. It begins as the server did, also where somebody
  // has connected meanwhile.
  const isHydrating = Boolean(component?.vnode.el)
  const state: ShallowRef<State> = shallowRef(isHydrating ? observed.getServerSnapshot() : observed.getSnapshot())
  let leave: (() => void) | undefined
  let isDisposed = false
  const publish = () => {
    state.value = observed.getSnapshot()
  }
  const follow = () => {
    // A scope may be stopped before its component is mounted.
    if (isDisposed || leave) return
    leave = observed.subscribe(publish)
    publish()
  }
  const rest = () => {
    leave?.()
    leave = undefined
  }
  // A scope within a component, such as a store's, lives as it likes.
  const { scope } = (component ?? {}) as { scope?: EffectScope }
  if (component && scope === getCurrentScope()) {
    // One that comes to what is put aside waits with it.
    const begin = () => isPutAside(component) || follow()
    if (component.isMounted) begin()
    else onMounted(begin)
    onActivated(follow)
    onDeactivated(rest)
  } else if (globalThis.document) {
    follow()
  }
  onScopeDispose(() => {
    isDisposed = true
    rest()
  })
  const refs = Object.keys(state.value).map((name) => [name, computed(() => state.value[name as keyof State])])
  return Object.fromEntries(refs) as Refs<State>
}

/** Whether a `KeepAlive` has put aside a component, or one that it is in. */
function isPutAside(component: ComponentInternalInstance | null): boolean {
  return component !== null && (component.isDeactivated || isPutAside(component.parent))
}
