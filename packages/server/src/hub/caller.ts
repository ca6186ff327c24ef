import { SSEError } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import type { Hub } from './hub.ts'
import type { HubSettings } from './hubSettings.ts'
import { refusalForNow } from './refusal.ts'
import { LATE, within } from './within.ts'

/** Who asks. */
export interface Caller {
  readonly context: unknown
  readonly identity: string | undefined
}

/**
 * Asks the hub's options who makes a request. Resolves with the response that refuses it for now, where that takes longer than
 * `limits.authorizeTimeout`, and rejects with what they threw.
 */
export async function callerOf(hub: Hub, request: Request, platform: unknown): Promise<Caller | Response> {
  const { context, identify, limits } = hub.settings
  const value = await within(limits.authorizeTimeout, () => context(request, platform))
  if (value === LATE) {
    const message = `\`context\` took longer than \`limits.authorizeTimeout\` (${limits.authorizeTimeout} ms).`
    hub.report(new SSEError('context', message), 'context')
    return refusalForNow(503, 'It took too long to find out who asks.')
  }
  const identity: unknown = identify(value) ?? undefined
  // A number, say, would not be found by `except` and `disconnect`, which take text.
  if (identity === undefined || typeof identity === 'string') return { context: value, identity }
  throw new TypeError(`Expected \`identify\` to return a string or undefined, got ${describeValue(identity)}.`)
}

/**
 * When the credentials of a reader expire, by `performance.now()`: from here on, the system's clock may jump. Throws a
 * `TypeError` for what is no time.
 */
export function deadlineOf({ expiresAt }: HubSettings, context: unknown): number | undefined {
  const expiry: unknown = expiresAt(context) ?? undefined
  if (expiry === undefined) return undefined
  const time = expiry instanceof Date ? expiry.getTime() : expiry
  if (typeof time === 'number' && !Number.isNaN(time)) return performance.now() + time - Date.now()
  const expected = 'a Date, milliseconds since 1970 or undefined'
  throw new TypeError(`Expected \`expiresAt\` to return ${expected}, got ${describeValue(expiry)}.`)
}
