import {
  type AnyEvents,
  createEventStreamObserver,
  type EventMap,
  type EventStreamActions,
  type EventStreamState,
  type ObserverOptions,
  type PayloadOf,
  type StreamURL,
  type UnreducedOptions,
} from '@tidewire/client'
import { type MaybeRefOrGetter, toValue, watch } from 'vue'
import { type ReactiveOptions, readOptions } from './reactiveOptions.ts'
import { type Refs, useObserved } from './useObserved.ts'

/** Options of {@link useEventStream}. Those that are data may be refs or getters. */
export type UseEventStreamOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined> = ReactiveOptions<
  Omit<ObserverOptions<M, Data>, 'suspense' | 'events' | 'initialData'>
> &
  Pick<ObserverOptions<M, Data>, 'events' | 'initialData'>

/** What {@link useEventStream} returns: each field of the state as a ref, so that it can be destructured. */
export type UseEventStreamReturn<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined> = Refs<
  EventStreamState<M, Data>
> &
  EventStreamActions

/**
 * Follows an event stream for as long as the component, or the effect scope, lives. In a component it connects when
 * that is mounted, so nothing is requested on the server; nor while `url` is null, undefined, false or '', or while
 * `enabled` is false. The refs change at most once per frame; every event reaches the callbacks.
 *
 * Another URL, method, body or `credentials` reconnects; `data` stays until the new stream's first event. Headers are
 * read anew for each attempt. A body is compared by what it holds when a ref or a getter changes; one whose content
 * cannot be read at once, such as `FormData`, by its kind. Components that follow the same GET with the same options share
 * one connection.
 *
 * @example
 * const { data, status } = useEventStream('/api/metrics', { events: eventTypes<{ tick: { load: number } }>() })
 */
export function useEventStream<M extends EventMap = AnyEvents, Initial = PayloadOf<M> | undefined>(
  url: MaybeRefOrGetter<StreamURL>,
  options?: UseEventStreamOptions<M, PayloadOf<M> | Initial> & UnreducedOptions<Initial>,
): UseEventStreamReturn<M, PayloadOf<M> | Initial>
/** Follows an event stream for as long as the component lives; `data` is what `reduce` makes of its events. */
export function useEventStream<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>(
  url: MaybeRefOrGetter<StreamURL>,
  options?: UseEventStreamOptions<M, Data>,
): UseEventStreamReturn<M, Data>
export function useEventStream<M extends EventMap, Data>(
  url: MaybeRefOrGetter<StreamURL>,
  options: UseEventStreamOptions<M, Data> = {},
): UseEventStreamReturn<M, Data> {
  const read = () => readOptions<ObserverOptions<M, Data>>(options)
  const observer = createEventStreamObserver<M, Data>(toValue(url), read())
  watch([() => toValue(url), read], ([nextURL, nextOptions]) => observer.setOptions(nextURL, nextOptions))
  const { open, pause, resume, reconnect, close } = observer
  return { ...useObserved(observer), open, pause, resume, reconnect, close }
}
