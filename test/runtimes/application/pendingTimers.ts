// No two runtimes tell what timers they have: so the global functions are watched.
const pending = new Set<unknown>()

for (const name of ['setTimeout', 'setInterval'] as const) {
  const set = globalThis[name] as (callback: () => void, delay?: number) => unknown
  const watched = (callback: () => void, delay?: number): unknown => {
    const timer = set(() => {
      if (name === 'setTimeout') pending.delete(timer)
      callback()
    }, delay)
    pending.add(timer)
    return timer
  }
  Object.assign(globalThis, { [name]: watched })
}
for (const name of ['clearTimeout', 'clearInterval'] as const) {
  const clear = globalThis[name] as (timer: unknown) => void
  const watched = (timer: unknown): void => {
    pending.delete(timer)
    clear(timer)
  }
  Object.assign(globalThis, { [name]: watched })
}

/** How many timers of the application and of the library are pending. */
export function pendingTimers(): number {
  return pending.size
}
