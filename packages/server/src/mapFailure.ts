/**
 * Maps what code threw to what a reader is told; undefined, or a code that is no string, for a failure that was not
 * foreseen.
 */
export type MapFailure = (error: unknown) => { code: string; message?: string | undefined } | undefined

/** What a reader is told of a failure. */
export interface MappedFailure {
  readonly code: string
  readonly message: string | undefined
  /** What nobody foresaw: the failure itself, and one of the mapping. */
  readonly unforeseen: readonly unknown[]
}

/** Maps a failure. Never throws. */
export function mapFailure(error: unknown, map: MapFailure): MappedFailure {
  const unforeseen = [error]
  try {
    const { code, message }: { code?: unknown; message?: unknown } = map(error) ?? {}
    // Untyped code may say anything, also what has no JSON form; the end must be told all the same.
    if (typeof code === 'string') {
      return { code, message: typeof message === 'string' ? message : undefined, unforeseen: [] }
    }
  } catch (failure) {
    unforeseen.push(failure)
  }
  return { code: 'internal', message: undefined, unforeseen }
}
