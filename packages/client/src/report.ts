// Node has no `reportError`, and an uncaught exception there would end the process.
const report = (error: unknown) => (globalThis.reportError ?? console.error)(error)

/**
 * Calls user code. What it throws, or what its promise rejects with, goes to the platform's error reporting and stops
 * nobody.
 */
export function callSafely<A extends readonly unknown[]>(
  call: ((...args: A) => unknown) | undefined,
  ...args: A
): void {
  try {
    const result = call?.(...args) as Promise<unknown> | undefined
    result?.catch?.(report)
  } catch (error) {
    report(error)
  }
}
