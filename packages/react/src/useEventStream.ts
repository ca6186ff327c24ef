'use client'

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
import { useEffect, useState } from 'react'
import { type UseErrorOptions, useObserved, type UseSuspenseOptions } from './useObserved.ts'

/** Options of {@link useEventStream}. They may be written inline: a new object or function costs no reconnection. */
export interface UseEventStreamOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends Omit<ObserverOptions<M, Data>, 'suspense'>, UseErrorOptions, UseSuspenseOptions {}

/** What {@link useEventStream} returns. The functions are stable. */
export interface UseEventStreamReturn<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends EventStreamState<M, Data>, EventStreamActions {}

/**
 * Follows an event stream for as long as the component is mounted. Nothing is requested on the server, while `url` is
 * null, undefined, false or '', or while `enabled` is false. The component renders at most once per frame, and only for
 * fields that it has read while rendering; every event reaches the callbacks, which are called by their latest reference.
 *
 * Another URL, method, body or `credentials` reconnects, after the render that brings it; `data` stays until the new
 * stream's first event. Headers are read anew for each attempt. A body is compared by what it holds; one whose content
 * cannot be read at once, such as `FormData`, by its kind. A POST is sent once: `open` or `reconnect` sends it again.
 * Components that follow the same GET with the same options share one connection.
 *
 * @example
 * const { data, status } = useEventStream('/api/metrics', { events: eventTypes<{ tick: { load: number } }>() })
 */
export function useEventStream<M extends EventMap = AnyEvents, Initial = PayloadOf<M> | undefined>(
  url: StreamURL,
  options?: UseEventStreamOptions<M, PayloadOf<M> | Initial> & UnreducedOptions<Initial>,
): UseEventStreamReturn<M, PayloadOf<M> | Initial>
/** Follows an event stream for as long as the component lives; `data` is what `reduce` makes of its events. */
export function useEventStream<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>(
  url: StreamURL,
  options?: UseEventStreamOptions<M, Data>,
): UseEventStreamReturn<M, Data>
export function useEventStream<M extends EventMap, Data>(
  url: StreamURL,
  options: UseEventStreamOptions<M, Data> = {},
): UseEventStreamReturn<M, Data> {
  const [observer] = useState(() => createEventStreamObserver<M, Data>(url, options))
  // Before the subscription below, which opens the stream.
  useEffect(() => observer.setOptions(url, options))
  const { open, pause, resume, reconnect, close } = observer
  return useObserved(observer, { open, pause, resume, reconnect, close }, options)
}
