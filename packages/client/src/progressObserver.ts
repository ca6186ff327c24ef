import type { ProgressEvents, SSEError } from '@tidewire/protocol'
import { type ChannelSource, createChannelObserver } from './channels/channelObserver.ts'
import type { AnySSEClient, SSEClient } from './channels/clientTypes.ts'
import { onNextFrame } from './frame.ts'
import { createEventStreamObserver, type EventStreamObserver } from './observer.ts'
import type { ConnectionOptions, RequestOptions } from './options.ts'
import {
  describeTask,
  type ProgressState,
  reduceTask,
  type TaskState,
  toTaskError,
  UNKNOWN_TASK,
} from './progressState.ts'
import type { StreamURL } from './stream.ts'
import { isSameContent } from './sameRequest.ts'
import { forEachMember } from './subscription.ts'

/** Where a task tells of itself: a URL, or a channel of a hub. */
export type ProgressSource = StreamURL | { readonly channel: ChannelSource }

/** Options of an observer of a task. What is of a request counts for a URL, not for a channel. */
export interface ProgressOptions<R = unknown> extends RequestOptions, ConnectionOptions {
  /** Whether to be connected. @default true */
  enabled?: boolean | undefined
  /** As for a stream, or for a channel. */
  linger?: number | undefined
  /** Called once, when the task is complete. */
  onComplete?: ((result: R) => void) | undefined
  /** Called once, when the task has failed; and for every failure of the connection. */
  onError?: ((error: SSEError) => void) | undefined
}

/** What is known of a task, for as long as somebody subscribes to it: what a framework's binding is made of. */
export interface ProgressObserver<R = unknown> {
  /** Calls `listener` after each publication. The first subscriber follows the task, the last one leaves it. */
  subscribe: (listener: () => void) => () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => ProgressState<R>
  /** Returns the state as a server shows it, where nobody follows: always the same object. */
  getServerSnapshot: () => ProgressState<R>
  /** Replaces source and options. Another source leaves the one before. */
  setOptions: (source: ProgressSource, options: ProgressOptions<R>, client?: AnySSEClient) => void
  /** Stops following. A task that lives with its request (`createProgressStream`) is ended so; a hub's job goes on. */
  stop: () => void
  /** Follows again, or asks again: a POST starts the task anew. */
  open: () => void
}

type Inner = Pick<
  EventStreamObserver<ProgressEvents, TaskState<unknown>>,
  'subscribe' | 'getSnapshot' | 'getServerSnapshot' | 'close'
> & {
  open: () => void
  setOptions: (source: never, options: never) => void
}

/** Creates an observer of a task. A channel needs the client of its hub. */
export function createProgressObserver<R = unknown>(
  source: ProgressSource,
  options: ProgressOptions<R> = {},
  client?: AnySSEClient,
): ProgressObserver<R> {
  const listeners = new Set<() => void>()
  let current = options
  let inner = make()
  let leave: (() => void) | undefined
  let state: [snapshot: unknown, described: ProgressState<R>] | undefined
  let atFirst: ProgressState<R> | undefined

  const notify = () => forEachMember(listeners, (listener) => listener())

  function make(): Inner {
    if (!isChannel(source)) return createEventStreamObserver(source, full())
    if (!client) throw new TypeError('Expected a client for a task on a channel.')
    return createChannelObserver(client as SSEClient, source.channel, full() as never) as unknown as Inner
  }

  function full() {
    return {
      ...current,
      reduce: reduceTask<unknown>,
      initialData: UNKNOWN_TASK as TaskState<unknown>,
      onError: (error: SSEError) => current.onError?.(error),
      on: {
        complete: (told: unknown) => current.onComplete?.((Object(told) as { result: R }).result),
        error: (failure: ProgressEvents['error']) => current.onError?.(toTaskError(failure)),
      },
    }
  }

  /** Another task: nothing is shown of the one before. */
  function beginAnew(): void {
    // Which ends at once what nobody wants any more, also where the next one makes no sense.
    inner.setOptions(null as never, full() as never)
    leave?.()
    leave = undefined
    inner = make()
    if (listeners.size > 0) leave = inner.subscribe(notify)
    onNextFrame(notify)
  }

  const describe = (snapshot: ReturnType<Inner['getSnapshot']>) => describeTask(snapshot.data as TaskState<R>, snapshot)

  return {
    subscribe(listener) {
      const entry = () => listener()
      listeners.add(entry)
      leave ??= inner.subscribe(notify)
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0) return
        leave?.()
        leave = undefined
      }
    },
    getSnapshot() {
      const snapshot = inner.getSnapshot()
      if (state?.[0] !== snapshot) state = [snapshot, describe(snapshot)]
      return state[1]
    },
    getServerSnapshot: () => (atFirst ??= describe(inner.getServerSnapshot())),
    setOptions(next, nextOptions, nextClient) {
      const isSame = isChannel(next)
        ? isChannel(source) && next.channel === source.channel && nextClient === client
        : !isChannel(source) && isSameContent({ url: source, options: current }, { url: next, options: nextOptions })
      source = next
      current = nextOptions
      client = nextClient
      if (isSame) inner.setOptions(nameOf(next) as never, full() as never)
      else beginAnew()
    },
    stop: () => inner.close(),
    open() {
      if (!leave) return
      if (inner.getSnapshot().data.end) beginAnew()
      inner.open()
    },
  }
}

function nameOf(source: ProgressSource): StreamURL {
  return isChannel(source) ? source.channel : source
}

function isChannel(source: ProgressSource): source is { readonly channel: ChannelSource } {
  return typeof source === 'object' && source !== null && 'channel' in source
}
