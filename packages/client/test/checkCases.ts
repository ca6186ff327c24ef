import { expect, it } from 'vitest'
import type { Case, Outcome } from './cases/case.ts'
import { cases } from './cases.ts'
import type { MisbehavingServer } from './misbehavingServer.ts'

// A timer of Node's may be early by so much, and a clock goes on by so much from a failure to its report. In milliseconds.
const EARLY = 2
const LATE = 1000

/** Makes a test of each case. `run` follows the stream at a URL, in whatever is tested. */
export function checkCases(server: () => MisbehavingServer, run: (one: Case, url: string) => Promise<Outcome>): void {
  it.each(cases.map((one, index) => [one.name, one, index] as const))('%s', async (_, one, index) => {
    const { origin, requests, idle } = server()
    const path = `${one.route}?case=${index}`
    const outcome = await run(one, origin + path)
    // Hangs where a connection is left open.
    await idle()
    const { log, lastEventId, wait, gaps = [], positions = [''] } = one
    expect(outcome.log).toEqual(log)
    expect(outcome.lastEventId).toBe(lastEventId ?? outcome.lastEventId)
    const [least, most] = wait ?? [0, 0]
    const waited = wait ? outcome.wait : 0
    expect(waited).toBeGreaterThanOrEqual(least - LATE)
    expect(waited).toBeLessThanOrEqual(most)
    const received = requests.filter((request) => request.path === path)
    expect(received.map(({ headers }) => decode(headers['last-event-id']))).toEqual(positions)
    for (const [at, gap] of gaps.entries()) {
      expect(received[at + 1]!.time - received[at]!.time).toBeGreaterThanOrEqual(gap - EARLY)
    }
  })
}

/** A header's value is bytes, one character each. */
function decode(value: string | string[] | undefined): string {
  return Buffer.from(String(value ?? ''), 'latin1').toString()
}
