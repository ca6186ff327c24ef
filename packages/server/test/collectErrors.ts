import type { SSEError, SSEStreamOptions } from '../src/index.ts'

/** Makes an `onError` that collects what it is told. */
export function collectErrors(): {
  errors: [stage: string, error: SSEError][]
  onError: NonNullable<SSEStreamOptions['onError']>
} {
  const errors: [string, SSEError][] = []
  return { errors, onError: (error, { stage }) => void errors.push([stage, error]) }
}
