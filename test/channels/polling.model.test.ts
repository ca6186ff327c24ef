import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createSSEClient } from '@tidewire/client'
import { polling } from '@tidewire/client/polling'
import { createSSEHub } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startBufferingProxy } from './bufferingProxy.ts'

const CHANNELS = ['a', 'b', 'c']

/** Numbers that chance has given, the same for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

it.for([1, 2, 3, 4])(
  'brings everything once, in order, whatever becomes of the way there: by chance, %i',
  { timeout: 30_000 },
  async (seed) => {
    const random = randomOf(seed)
    const hub = createSSEHub({ heartbeat: 20 })
    hub.channel(':name', { history: { maxEvents: 100_000, maxBytes: 1e9, maxAge: 1e9 } })
    const handler = toNodeHandler(hub)
    const server = createServer((req, res) => void handler(req, res)).listen(0)
    await once(server, 'listening')
    const proxy = await startBufferingProxy((server.address() as AddressInfo).port, 'all')
    const client = createSSEClient({
      url: `${proxy.origin}/_sse`,
      linger: 0,
      connectTimeout: 60,
      retry: { delay: 1, maxDelay: 5, maxAttempts: Infinity },
      transport: polling({ after: 1, interval: 3, retryStream: 20 }),
    })
    onTestFinished(async () => {
      client.close()
      await hub.close()
      server.closeAllConnections()
      server.close()
    })

    const published = new Map(CHANNELS.map((name) => [name, 0]))
    const wrong: string[] = []
    let heard = 0
    /** Takes part in a channel. Who comes back goes on with `next`. */
    const follow = (name: string, next?: number) => {
      let atOpen: number | undefined
      const subscription = client.subscribe(name, {
        onOpen: () => void (atOpen ??= published.get(name)),
        onGap: () => void wrong.push(`${name}: a gap`),
        onEvent({ data }) {
          const n = data as number
          heard++
          // What it missed may come before it is open.
          if (next === undefined ? n > (atOpen ?? n) : n !== next) wrong.push(`${name}: ${n} for ${next}`)
          next = n + 1
        },
      })
      return {
        subscription,
        get next() {
          return next
        },
      }
    }

    const all = new Map(CHANNELS.map((name) => [name, follow(name)] as const))
    for (let step = 0; step < 400; step++) {
      const name = CHANNELS[random(3)] ?? 'a'
      const what = random(40)
      if (what === 0) proxy.holds = (['nothing', 'all', 'body'] as const)[random(3)] ?? 'all'
      else if (what === 1) proxy.cut()
      else if (what === 2) {
        const before = all.get(name)
        before?.subscription.close()
        all.set(name, follow(name, before?.next))
      } else if (what === 3) client.reconnect()
      else if (what < 10) await setTimeout(random(30))
      else {
        const n = published.get(name) ?? 0
        published.set(name, n + 1)
        await hub.to(name).data(n)
      }
    }
    for (const holds of ['all', 'nothing'] as const) {
      proxy.holds = holds
      await vi.waitFor(
        async () => {
          for (const name of CHANNELS) {
            const n = published.get(name) ?? 0
            published.set(name, n + 1)
            await hub.to(name).data(n)
          }
          await setTimeout(50)
          expect(client.state.getSnapshot().transport).toBe(holds === 'all' ? 'polling' : 'fetch')
          expect(CHANNELS.map((name) => all.get(name)?.next)).toEqual(CHANNELS.map((name) => published.get(name)))
        },
        { timeout: 10_000 },
      )
    }
    expect(wrong).toEqual([])
    expect(heard).toBeGreaterThan(100)
  },
)
