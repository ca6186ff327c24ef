import type { SSEError } from '@tidewire/protocol'
import { refusePromise } from './answer.ts'

/** When, and how often, a lost connection is tried again. */
export interface RetryOptions {
  /** How many attempts to reconnect are made in a row, without an event between them. @default Infinity */
  maxAttempts?: number | undefined
  /** The bound of the first delay, in milliseconds. @default 1000 */
  delay?: number | undefined
  /** The bound of every delay, in milliseconds. What the server asks for may be longer, up to an hour. @default 30_000 */
  maxDelay?: number | undefined
  /** By how much the bound grows from one attempt to the next. @default 1.5 */
  multiplier?: number | undefined
  /** `full` waits a random part of the bound, so that readers do not return all at once. @default 'full' */
  jitter?: 'full' | 'none' | undefined
  /**
   * Decides instead of the default whether a failure is worth another attempt. Called once per failure, before the
   * delay. The default retries lost connections, failed `headers` functions and the statuses 408, 425, 429 and 5xx. It
   * answers at once: where it is async, or throws, that is reported (`reportError`), and there is no other attempt.
   */
  when?: ((error: SSEError, attempt: number) => boolean) | undefined
}

/** The most that is waited because a server asks for it, in milliseconds: its slip must not silence a reader for ever. */
export const MAX_FLOOR: number = 3_600_000

/** The longest timeout, in milliseconds: a longer one overflows and fires at once. */
export const MAX_TIMEOUT: number = 2 ** 31 - 1

/**
 * How long to wait before an attempt, in milliseconds: exponential backoff with full jitter, never less than `floor`,
 * which is what the server asked for, but for an hour at most. Undefined where there is no attempt to be made.
 */
export function nextDelay(
  {
    delay = 1000,
    maxDelay = Math.max(30_000, delay),
    multiplier = 1.5,
    maxAttempts = Infinity,
    jitter,
    when = isTransient,
  }: RetryOptions,
  error: SSEError,
  attempt: number,
  floor: number,
): number | undefined {
  if (attempt > maxAttempts) return undefined
  const isWorth = when(error, attempt)
  refusePromise('retry.when', isWorth)
  if (!isWorth) return undefined
  // 0 times infinity is no number.
  const bound = Math.min(maxDelay, delay * multiplier ** (attempt - 1) || 0)
  return Math.min(MAX_TIMEOUT, Math.max(Math.min(floor, MAX_FLOOR), jitter === 'none' ? bound : Math.random() * bound))
}

/** Whether a failure is likely to pass. */
export function isTransient({ code, status }: SSEError): boolean {
  if (status) return status >= 500 || [408, 425, 429].includes(status)
  return code !== 'too-large' && code !== 'invalid-request'
}
