import { callSafely } from './report.ts'

let jobs: (() => void)[] = []
let overdueAt = 0

// Outside browsers there are no frames, and in a hidden tab none comes.
const FRAME_OVERDUE = 50

/**
 * Runs a job in the next frame, together with those of all other streams, so that a framework renders them in one pass.
 * Where no frame comes, a timer takes over.
 */
export function onNextFrame(job: () => void): void {
  // A test that took its fake timers away took the frame with them: after a second it is given up.
  if (jobs.push(job) > 1 && Date.now() < overdueAt) return
  overdueAt = Date.now() + 1000
  const timer = setTimeout(run, FRAME_OVERDUE)
  const frame = globalThis.requestAnimationFrame?.(run)
  function run() {
    clearTimeout(timer)
    // A hidden tab would keep every frame that it owes. A page of a test may be gone.
    if (frame) globalThis.cancelAnimationFrame?.(frame)
    const due = jobs
    jobs = []
    for (const job of due) callSafely(job)
  }
}
