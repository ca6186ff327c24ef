import { SSEError } from '@tidewire/protocol'
import type { ChannelMatch } from './hubChannels.ts'
import { LATE, within } from './within.ts'

/** What becomes of a reader that asks for a channel; `failed` where that could not be told, which is no leave. */
export type Decision = 'allowed' | 'denied' | 'not-found' | 'failed'

/** What a gate tells of what went wrong. */
export type ReportDenial = (error: SSEError) => void

/**
 * Decides whether a reader may follow a channel. Never rejects: what throws, or takes longer than `timeout` milliseconds,
 * has failed, and is reported.
 */
export async function decide(
  { definition, params }: ChannelMatch,
  name: string,
  context: unknown,
  timeout: number,
  report: ReportDenial,
): Promise<Decision> {
  const { resolve, authorize } = definition
  if (!resolve && !authorize) return 'allowed'
  const ask = async (): Promise<Decision> => {
    const resource = resolve ? await resolve(params, context) : undefined
    if (resolve && (resource === undefined || resource === null)) return 'not-found'
    if (!authorize) return 'allowed'
    // Only true: a promise that was not awaited, or a user object, is no leave.
    return (await authorize(context, params, resource)) === true ? 'allowed' : 'denied'
  }
  try {
    const decision = await within(timeout, ask)
    if (decision !== LATE) return decision
    report(failedDecision(name, new Error(`It took longer than ${timeout} ms.`)))
  } catch (cause) {
    report(failedDecision(name, cause))
  }
  return 'failed'
}

/** The failure to decide about a channel. */
export function failedDecision(name: string, cause: unknown): SSEError {
  return new SSEError('authorize', `Deciding about the channel ${JSON.stringify(name)} failed.`, { cause })
}
