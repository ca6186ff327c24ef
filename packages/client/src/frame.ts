const jobs = new Set<() => void>()

// Outside browsers there are no frames, and in a hidden tab none comes.
const FRAME_OVERDUE = 50

/**
 * Runs a job in the next frame, together with those of all other streams, so that a framework renders them in one pass.
 * Where no frame comes, a timer takes over. A job that waits already is not added again.
 */
export function onNextFrame(job: () => void): void {
  const isDue = jobs.size > 0
  jobs.add(job)
  if (isDue) return
  const timer = setTimeout(run, FRAME_OVERDUE)
  const frame = globalThis.requestAnimationFrame?.(run)
  function run() {
    clearTimeout(timer)
    // A hidden tab would keep every frame that it owes.
    if (frame) cancelAnimationFrame(frame)
    const due = [...jobs]
    jobs.clear()
    for (const job of due) job()
  }
}
