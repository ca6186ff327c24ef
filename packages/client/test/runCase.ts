import type { Case, Outcome } from './cases/case.ts'
import { follow } from './followed.ts'

/** Follows a stream at a URL of its own until all is told that is expected of it, or it is closed. */
export async function runCase({ options = {}, log: expected, isCut }: Case, url: string): Promise<Outcome> {
  let wait: number | undefined
  const cut = () => {
    if (isCut) void fetch(new URL('/cut', url))
    check()
  }
  const check = () => {
    if (log.length >= expected.length) stream.close()
  }
  const { stream, log, until } = follow(url, {
    ...(options.body === undefined && { retry: { delay: 1 } }),
    ...options,
    onOpen: check,
    onEvent: cut,
    onGap: check,
    onError() {
      wait = stream.nextRetryAt && stream.nextRetryAt - Date.now()
      check()
    },
  })
  await until('close')
  // By its own doing, or by that of this.
  if (log.length > expected.length && log.at(-1) === 'close:manual') log.pop()
  return { log, lastEventId: stream.lastEventId, wait }
}
