/** Calls user code. What it throws goes to the platform's error reporting and stops nobody. */
export function callSafely<A extends readonly unknown[]>(call: ((...args: A) => void) | undefined, ...args: A): void {
  try {
    call?.(...args)
  } catch (error) {
    // Node has no `reportError`, and an uncaught exception there would end the process.
    const report = globalThis.reportError ?? console.error
    report(error)
  }
}
