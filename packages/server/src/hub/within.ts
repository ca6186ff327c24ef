/** What {@link within} resolves with where the time is over. */
export const LATE: unique symbol = Symbol('late')

/** Waits for work, so many milliseconds at most. Rejects as the work does; what becomes of it after its time goes nowhere. */
export async function within<T>(limit: number, work: () => T | Promise<T>): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), limit)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
