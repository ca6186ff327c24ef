import { SSEError } from '@tidewire/protocol'

/**
 * Refuses a promise where a function has to answer at once: it would count for a yes, whatever it becomes. Throws an `SSEError`
 * with the code `invalid-request` that names the option.
 */
export function refusePromise(option: string, answer: unknown): void {
  const { then, catch: hush } = Object(answer) as Partial<Promise<unknown>>
  if (!then) return
  // Nobody waits for it, so nobody hears how it ends.
  void hush?.call(answer, () => {})
  throw new SSEError('invalid-request', `Expected \`${option}\` to return a boolean, got a promise.`, { field: option })
}
