/** Answers with a status and a text that says why. */
export function refusal(status: number, message: string, headers?: Record<string, string>): Response {
  return new Response(`${message}\n`, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** How long those that are refused for now are told to stay away at most, in seconds. */
const MAX_RETRY_AFTER = 5

/** Sends away for now: to come back when there may be room, each at a time of its own. */
export function refusalForNow(status: 429 | 503, message: string): Response {
  const seconds = 1 + Math.floor(Math.random() * MAX_RETRY_AFTER)
  return refusal(status, message, { 'retry-after': `${seconds}` })
}
