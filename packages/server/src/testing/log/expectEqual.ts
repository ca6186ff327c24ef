/**
 * Throws where two values do not say the same: a key without a value is as one that is missing, a set is a list. Runners show the
 * difference by `actual` and `expected`.
 */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [got, wanted] = [show(actual), show(expected)]
  if (got !== wanted) throw Object.assign(new Error(`Expected ${wanted}, got ${got}.`), { actual, expected })
}

/** Throws, with what was expected, where that is not so. */
export function expectThat(isSo: boolean, expected: string): void {
  if (!isSo) throw new Error(`Expected ${expected}.`)
}

/** Waits for a promise to be rejected as a log does that was closed. */
export async function expectClosed(promise: Promise<unknown>): Promise<void> {
  expectClosedError(
    await promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
}

/** Throws for every value but an `SSEError` with the code `closed`. */
export function expectClosedError(error: unknown): void {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown }
  expectEqual({ name, code }, { name: 'SSEError', code: 'closed' })
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Set) return [...(part as Set<unknown>)]
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part)
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1)))
  })
}
