import { type Progress, type ProgressEvents, SSEError } from '@tidewire/protocol'
import type { ConnectionState } from './state.ts'
import type { SSEMessageOf } from './types.ts'

/**
 * How far a task is. `running`: also before anything is known of it. `complete`: `result` has what it returned. `failed`: it
 * failed, or nobody can tell of it any more; `error` says how. `cancelled`: it was stopped from here.
 */
export type ProgressPhase = 'running' | 'complete' | 'failed' | 'cancelled'

/** All that there is to know of a task: what it last said, and how the connection to it is. */
export interface ProgressState<R = unknown>
  extends Progress, Pick<ConnectionState, 'status' | 'isLost' | 'attempt' | 'nextRetryAt'> {
  readonly phase: ProgressPhase
  /** What the task returned. */
  readonly result: R | undefined
  /** What the task failed with (`reason` is its own code), or what is wrong with the connection. */
  readonly error: SSEError | undefined
}

/** What is known of a task by its events. */
export interface TaskState<R> {
  readonly progress: Progress
  readonly end?: { readonly result: R } | { readonly error: SSEError } | undefined
}

/** Before the first event. */
export const UNKNOWN_TASK: TaskState<never> = { progress: {} }

/** What is known of a task after one more of its events. PROTOCOL.md, section 5. What else its channel tells is not about it. */
export function reduceTask<R>(state: TaskState<R>, { event, data }: SSEMessageOf<ProgressEvents<R>>): TaskState<R> {
  // What a server sends has the type that the contract says, if it keeps to it.
  const told = Object(data) as typeof data
  if (event === 'progress') return { progress: told as Progress }
  if (event === 'complete') return { progress: { ...state.progress, percent: 100 }, end: told as { result: R } }
  if (event === 'error')
    return { progress: state.progress, end: { error: toTaskError(told as ProgressEvents['error']) } }
  return state
}

/** The failure of a task, by what the server says of it. */
export function toTaskError(told?: ProgressEvents['error']): SSEError {
  const { code, message = 'The task is over, and has not said how.' } = Object(told) as Partial<ProgressEvents['error']>
  return new SSEError('server', message, { reason: code })
}

/** What is shown of a task. */
export function describeTask<R>(
  { progress, end }: TaskState<R>,
  { status, isLost, attempt, nextRetryAt, closeReason, error }: ConnectionState,
): ProgressState<R> {
  const { percent, message, loaded, total, rate, timeLeft } = progress
  // Every field is there, whatever is known.
  const known = { percent, message, loaded, total, rate, timeLeft, status, isLost, attempt, nextRetryAt }
  if (end && !('error' in end)) {
    return { ...known, phase: 'complete', result: end.result, error: undefined }
  }
  const failure = end?.error ?? error ?? (status === 'closed' && closeReason !== 'manual' ? toTaskError() : undefined)
  const phase = end ? 'failed' : status !== 'closed' ? 'running' : closeReason === 'manual' ? 'cancelled' : 'failed'
  return { ...known, phase, result: undefined, error: failure }
}
