/** The newest state of a task. What is unknown is absent. PROTOCOL.md, section 5. */
export interface Progress {
  /**
   * How much is done, from 0 to 100, in hundredths, and not rounded up to 100; never less than before, unless the task has
   * begun again. Absent until the task has reported it, or `loaded` and `total`: show an indeterminate bar.
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

/**
 * The events of a progress stream: any number of `progress`, then one `complete` or one `error`.
 *
 * @example
 * const events = eventTypes<ProgressEvents<{ url: string }>>()
 */
export interface ProgressEvents<R = unknown> {
  progress: Progress
  complete: { result: R }
  error: { code: string; message: string }
}
