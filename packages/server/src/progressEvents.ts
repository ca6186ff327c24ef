/** The newest state of a task. What is unknown is absent. */
export interface Progress {
  /**
   * How much is done, from 0 to 100, in hundredths; never less than before, and not rounded up to 100. Absent until the
   * task has reported it, or `loaded` and `total`: show an indeterminate bar.
   */
  percent?: number | undefined
  /** What the task is doing, for people. */
  message?: string | undefined
  /** How many units are done, in the task's own unit: bytes, rows. */
  loaded?: number | undefined
  /** How many units there are. */
  total?: number | undefined
  /** How many units are done per second, smoothed; never negative. */
  rate?: number | undefined
  /** How long the rest takes at the present pace, in milliseconds, smoothed. */
  timeLeft?: number | undefined
}

/** The events of a progress stream: any number of `progress`, then one `complete` or one `error`. */
export interface ProgressEvents<R = unknown> {
  progress: Progress
  complete: { result: R }
  error: { code: string; message: string }
}

/** What a task reports. What is left out stays as it was; `percent` follows from `loaded` and `total`. */
export type ProgressUpdate = Pick<Progress, 'percent' | 'message' | 'loaded' | 'total'>

/**
 * Reports the state of a task, as often as it likes: readers get the newest state, at most once per 50 ms.
 *
 * A percent is clamped to 0–100 and never goes back. A number that is not finite, or a negative count, is ignored: the
 * state stays as it was.
 */
export interface UpdateProgress {
  (percent: number, message?: string): void
  (update: ProgressUpdate): void
}

/** Work that reports its progress; `signal` aborts when its reader leaves or the stream is ended. */
export type ProgressTask<R> = (update: UpdateProgress, context: { signal: AbortSignal }) => R | Promise<R>
