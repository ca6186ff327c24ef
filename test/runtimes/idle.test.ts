import { describe, it, vi } from 'vitest'
import { hostKinds, isInstalled } from './hosts.ts'
import { orException } from './orException.ts'
import { Visit } from './visit.ts'

/** Longer than the shortest limit that a runtime has by default: Bun's 10 s, which it checks every few seconds. */
const QUIET = 14_500

// Each on a host of its own and all at once: this is a wait for time to pass.
vi.setConfig({ maxConcurrency: hostKinds.length })

describe.concurrent.each(hostKinds.filter(isInstalled))('$name', ({ name, start }) => {
  it('a stream and a hub without events outlive the limits of their runtime', (context) =>
    orException(name, context, async () => {
      const host = await start()
      try {
        const visit = new Visit(host)
        const { reader } = await visit.open('quiet')
        const hub = await visit.open('hub', { query: { channel: 'news' } })
        await reader.until('data: early\n\n')
        await hub.reader.until('event: sse.hello\n')
        await new Promise((resolve) => setTimeout(resolve, QUIET))
        await visit.release()
        await reader.until('data: late\n\n')
        await reader.rest()
        await visit.order('publish', { from: '1', to: '1' })
        await hub.reader.until('data: 1\n\n')
        await visit.sees(({ finished }) => finished === 1)
      } finally {
        await host.stop()
      }
    }))
})
