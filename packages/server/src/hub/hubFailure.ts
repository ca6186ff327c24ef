import { isSSEError, SSEError, type SSEErrorCode } from '@tidewire/protocol'
import type { SSEHubStage } from './hubOptions.ts'

const FAILURES: Record<SSEHubStage, readonly [code: SSEErrorCode, message: string]> = {
  authorize: ['authorize', 'Deciding about a channel failed.'],
  context: ['context', 'An option of the hub that is asked about a request failed.'],
  publish: ['publish', 'Publishing an event failed.'],
  log: ['log', 'The log of the hub failed.'],
  source: ['source', 'The source of a channel failed.'],
  job: ['source', 'A job failed.'],
  presence: ['source', 'Describing a member of a channel failed.'],
  overflow: ['overflow', 'A reader that is too slow could not be dealt with.'],
}

/** What `onError` hears of a failure. */
export function toHubFailure(cause: unknown, stage: SSEHubStage): SSEError {
  const [code, message] = FAILURES[stage]
  return isSSEError(cause) ? cause : new SSEError(code, message, { cause })
}
