'use client'

import {
  type AnySSEClient,
  createProgressObserver,
  type ProgressOptions,
  type ProgressSource,
  type ProgressState,
} from '@tidewire/client'
import { useEffect, useState } from 'react'
import { useOptionalClient } from './SSEProvider.ts'
import { type UseErrorOptions, useObserved } from './useObserved.ts'

/** Options of {@link useProgress}. They may be written inline. */
export interface UseProgressOptions<R = unknown> extends ProgressOptions<R>, UseErrorOptions {
  /** The client, instead of that of the provider, for a task on a channel. */
  client?: AnySSEClient | undefined
}

/** What {@link useProgress} returns. */
export interface UseProgressReturn<R = unknown> extends ProgressState<R> {
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
 * const { percent, message, phase, result } = useProgress<Report>({ channel: id && `reports/${id}` })
 */
export function useProgress<R = unknown>(
  source: ProgressSource,
  options: UseProgressOptions<R> = {},
): UseProgressReturn<R> {
  const client = useOptionalClient(options.client)
  const [observer] = useState(() => createProgressObserver<R>(source, options, client))
  useEffect(() => observer.setOptions(source, options, client))
  return useObserved(observer, { stop: observer.stop, open: observer.open }, options)
}
