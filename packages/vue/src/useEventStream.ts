import {
  type AnyEvents,
  createEventStreamObserver,
  type EventMap,
  type EventStreamActions,
  type EventStreamState,
  type ObserverOptions,
  type StreamURL,
} from '@tidewire/client'
import {
  computed,
  getCurrentInstance,
  type MaybeRefOrGetter,
  onMounted,
  onScopeDispose,
  type Ref,
  shallowRef,
  toValue,
  watch,
} from 'vue'

/** The options that may be refs or getters. None of them may itself be a function: `toValue` would call it once. */
const REACTIVE = ['body', 'credentials', 'enabled', 'lastEventId', 'maxEventSize', 'method', 'recent', 'retry'] as const

type ReactiveOption = (typeof REACTIVE)[number]

/** Options of {@link useEventStream}. Those that are data may be refs or getters. */
export type UseEventStreamOptions<M extends EventMap = AnyEvents> = {
  [K in keyof ObserverOptions<M>]: K extends ReactiveOption
    ? MaybeRefOrGetter<ObserverOptions<M>[K]>
    : ObserverOptions<M>[K]
}

/** What {@link useEventStream} returns: each field of the state as a ref, so that it can be destructured. */
export type UseEventStreamReturn<M extends EventMap = AnyEvents> = {
  readonly [K in keyof EventStreamState<M>]: Readonly<Ref<EventStreamState<M>[K]>>
} & EventStreamActions

/**
 * Follows an event stream for as long as the component, or the effect scope, lives. In a component it connects when
 * that is mounted, so nothing is requested on the server; nor while `url` is null, undefined, false or '', or while
 * `enabled` is false. The refs change at most once per frame; every event reaches the callbacks.
 *
 * Another URL, method, body or `credentials` reconnects; `data` stays until the new stream's first event. Headers are
 * read anew for each attempt. A body is compared by what it holds when a ref or a getter changes; one whose content
 * cannot be read at once, such as `FormData`, by its kind.
 *
 * @example
 * const { data, status } = useEventStream('/api/metrics', { events: eventTypes<{ tick: { load: number } }>() })
 */
export function useEventStream<M extends EventMap = AnyEvents>(
  url: MaybeRefOrGetter<StreamURL>,
  options: UseEventStreamOptions<M> = {},
): UseEventStreamReturn<M> {
  const read = () => readOptions(options)
  const observer = createEventStreamObserver<M>(toValue(url), read())
  const state = shallowRef(observer.getSnapshot())
  const publish = () => {
    state.value = observer.getSnapshot()
  }
  watch([() => toValue(url), read], ([nextURL, nextOptions]) => observer.setOptions(nextURL, nextOptions))

  let leave: (() => void) | undefined
  let isDisposed = false
  const follow = () => {
    // A scope may be stopped before its component is mounted.
    if (!isDisposed) leave = observer.subscribe(publish)
  }
  if (getCurrentInstance()) onMounted(follow)
  else follow()
  onScopeDispose(() => {
    isDisposed = true
    leave?.()
  })

  const field = <K extends keyof EventStreamState<M>>(name: K) => computed(() => state.value[name])
  return {
    status: field('status'),
    data: field('data'),
    lastEvent: field('lastEvent'),
    recent: field('recent'),
    error: field('error'),
    attempt: field('attempt'),
    nextRetryAt: field('nextRetryAt'),
    lastEventId: field('lastEventId'),
    closeReason: field('closeReason'),
    open: observer.open,
    reconnect: observer.reconnect,
    close: observer.close,
  }
}

function readOptions<M extends EventMap>(options: UseEventStreamOptions<M>): ObserverOptions<M> {
  const values = Object.fromEntries(REACTIVE.map((name) => [name, toValue<unknown>(options[name])]))
  return { ...options, ...values } as ObserverOptions<M>
}
