/** Wakes everyone who waits for a change. */
export interface Bell {
  /** Resolves at the next ring, or as soon as the signal is aborted. */
  next(signal: AbortSignal): Promise<void>
  ring(): void
}

export function createBell(): Bell {
  const waiting = new Set<() => void>()
  return {
    next(signal) {
      return new Promise((resolve) => {
        // Leaves no listener behind: a reader of an endless stream waits twice a second on one signal.
        const wake = () => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake)
        if (signal.aborted) wake()
      })
    },
    ring() {
      for (const wake of [...waiting]) wake()
    },
  }
}
