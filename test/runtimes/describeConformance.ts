import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostState } from './application/observation.ts'
import { allCases } from './cases/allCases.ts'
import type { Case } from './cases/case.ts'
import { type Host, type HostKind, hostKinds, isInstalled } from './hosts.ts'
import { findException, orException } from './orException.ts'
import { Visit } from './visit.ts'

/** How long a case that has to fail may wait for what does not come, in milliseconds. */
const SHORT = 1500

/** Registers the suite for the hosts of one runtime. With `CI=true`, a runtime that is missing is a failure. */
export function describeConformance(runtime: string): void {
  for (const kind of hostKinds.filter(({ name }) => name.startsWith(runtime))) {
    const isSkipped = !isInstalled(kind) && process.env['CI'] !== 'true'
    if (isSkipped) console.warn(`SKIPPED: ${kind.name}, since this machine has no ${kind.program}`)
    // oxlint-disable-next-line vitest/valid-title -- a name is a title
    describe.skipIf(isSkipped)(kind.name, () => {
      describeCases(kind)
    })
  }
}

function describeCases(kind: HostKind): void {
  let host: Host
  let idle: Partial<HostState>

  const start = async (): Promise<void> => {
    host = await kind.start()
    const { timers, handles } = await new Visit(host).host()
    // A server may have a timer of its own, and has its socket.
    const own = { handles, ...(!kind.dropsTimers && { timers }) }
    idle = { running: 0, sessions: 0, readers: 0, listeners: 0, unhandled: [], ...own }
  }

  beforeAll(start)

  afterAll(() => host?.stop())

  for (const tried of allCases.filter(({ way = kind.way }) => way === kind.way)) {
    // Not `it.each`, which cuts titles short.
    // oxlint-disable-next-line vitest/valid-title -- it is a title
    it(tried.title, async (context) => {
      if (tried.way) Object.assign(context.task.meta, { way: tried.way })
      const patience = findException(kind.name, tried.title) ? SHORT : undefined
      await orException(kind.name, context, async () => {
        try {
          await runCase(tried, host, idle, patience)
        } catch (error) {
          // The next case is not to pay for this one.
          await host.stop()
          await start()
          throw error
        }
      })
    })
  }

  it('shuts down in order while a stream and a hub are open', (context) =>
    orException(kind.name, context, async () => {
      const own = await kind.start()
      const visit = new Visit(own)
      const [stream, hub] = [await visit.open('shutdown'), await visit.open('hub', { query: { channel: 'news' } })]
      await stream.reader.until('data: open\n\n')
      await hub.reader.until('event: sse.hello\n')
      const [end, ...rests] = await Promise.allSettled([own.stop(), stream.reader.rest(), hub.reader.rest()])
      expect(end).toEqual({ status: 'fulfilled', value: undefined })
      expect(rests).toEqual([
        { status: 'fulfilled', value: '' },
        { status: 'fulfilled', value: expect.stringContaining('event: sse.bye\ndata: {"reason":"drain"}\n\n') },
      ])
    }))
}

/** Runs a case, and proves that it leaves nothing behind. */
async function runCase(tried: Case, host: Host, idle: Partial<HostState>, patience?: number): Promise<void> {
  const visit = new Visit(host, patience)
  try {
    await tried.run(visit)
  } finally {
    visit.end()
  }
  await visit.hostDoes(idle)
}
