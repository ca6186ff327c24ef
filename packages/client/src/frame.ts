const jobs = new Set<() => void>()

// Outside browsers there are no frames, and in a hidden tab none comes.
const FRAME_OVERDUE = 50

/**
 * Runs a job in the next frame, together with those of all other streams, so that a framework renders them in one pass.
 * Where no frame comes, a timer takes over. A job that waits already is not added again.
 */
export function onNextFrame(job: () => void): void {
  if (jobs.add(job).size > 1) return
  const timer = setTimeout(run, FRAME_OVERDUE)
  globalThis.requestAnimationFrame?.(run)
  function run() {
    clearTimeout(timer)
    const due = [...jobs]
    jobs.clear()
    for (const job of due) job()
  }
}
