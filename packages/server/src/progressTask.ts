import type { Progress } from '@tidewire/protocol'

/** What a reader is told of a task that failed, where nobody says more. */
export const TASK_FAILED = 'The task failed.'

/** What a task reports. What is left out stays as it was; `percent` follows from `loaded` and `total`. */
export type ProgressUpdate = Pick<Progress, 'percent' | 'message' | 'loaded' | 'total'>

/**
 * Reports the state of a task, as often as it likes: readers get the newest state, at most once per 50 ms.
 *
 * It never throws. A percent is clamped to 0–100 and does not go back. What makes no sense is left out, as if it had not
 * been reported: a number that is not finite, a negative count, a value of another type, an object that throws when it is
 * read. After the end of the task or of the stream it does nothing.
 */
export interface UpdateProgress {
  (percent: number, message?: string): void
  (update: ProgressUpdate): void
}

/** What a task is given beside `update`. */
export interface ProgressTaskContext {
  /** Aborts when the reader leaves or the stream is ended. A task that goes on all the same is heard by nobody. */
  readonly signal: AbortSignal
  /**
   * Forgets all that was reported, so that a task that is tried again may begin again: percent, counts, message and pace
   * are unknown until they are reported anew.
   */
  readonly restart: () => void
}

/** Work that reports its progress. */
export type ProgressTask<R> = (update: UpdateProgress, context: ProgressTaskContext) => R | Promise<R>
