import {
  type AnySSEClient,
  createProgressObserver,
  type ProgressOptions,
  type ProgressSource,
  type ProgressState,
} from '@tidewire/client'
import { type MaybeRefOrGetter, toValue, watch } from 'vue'
import { findClient } from './createSSE.ts'
import { type ReactiveOptions, readOptions } from './reactiveOptions.ts'
import { type Refs, useObserved } from './useObserved.ts'

/** Options of {@link useProgress}. Those that are data may be refs or getters. */
export type UseProgressOptions<R = unknown> = ReactiveOptions<ProgressOptions<R>> & {
  /** The client, instead of that of the plugin, for a task on a channel. */
  client?: AnySSEClient | undefined
}

/** What {@link useProgress} returns: each field of the state as a ref, so that it can be destructured. */
export type UseProgressReturn<R = unknown> = Refs<ProgressState<R>> & {
  /** Stops following. A task that lives with its request (`createProgressStream`) is ended so; a hub's job goes on. */
  stop: () => void
  /** Follows again, or asks again: a POST starts the task anew. */
  open: () => void
}

/**
 * Follows a task to its end: one that a URL answers with (`createProgressStream`), or a job of a hub on its channel. Shows
 * nothing while the URL or the channel is null, undefined, false or ''.
 *
 * @example
 * const { percent, message, phase, result } = useProgress<Report>(() => ({ channel: id.value && `reports/${id.value}` }))
 */
export function useProgress<R = unknown>(
  source: MaybeRefOrGetter<ProgressSource>,
  options: UseProgressOptions<R> = {},
): UseProgressReturn<R> {
  const client = findClient(options.client)
  const read = () => readOptions<ProgressOptions<R>>(options)
  const observer = createProgressObserver<R>(toValue(source), read(), client)
  watch([() => toValue(source), read], ([next, nextOptions]) => observer.setOptions(next, nextOptions, client))
  return { ...useObserved(observer), stop: observer.stop, open: observer.open }
}
