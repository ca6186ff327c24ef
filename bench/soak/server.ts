import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createProgressStream, createSSEStream, type SSEStream } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'

// Run by run.ts: every kind of source, counted as it runs, and a report of the process on demand.
let running = 0
let served = 0

const quiet = { onError: () => {} }

const routes: Record<string, () => SSEStream> = {
  '/ticks': () =>
    createSSEStream(async function* ({ signal }) {
      running++
      try {
        for (let n = 0; ; n++) {
          yield { event: 'tick', id: n, data: { n } }
          await delay(20, undefined, { signal })
        }
      } finally {
        running--
      }
    }),
  '/flood': () =>
    createSSEStream(async (session) => {
      running++
      const text = 'x'.repeat(1000)
      try {
        for (let n = 0; !session.signal.aborted; n++) {
          await session.send({ id: n, data: text })
          if (n % 50 === 0) await delay(5)
        }
      } finally {
        running--
      }
    }, quiet),
  '/push': () =>
    createSSEStream((session) => {
      running++
      const timer = setInterval(() => session.write({ data: { now: Date.now() } }), 25)
      return () => {
        clearInterval(timer)
        running--
      }
    }),
  '/short': () =>
    createSSEStream(async function* () {
      for (let n = 0; n < 5; n++) yield { data: n }
    }),
  '/failing': () =>
    createSSEStream(async function* () {
      yield { data: 'last words' }
      throw new Error('on purpose')
    }, quiet),
  '/progress': () =>
    createProgressStream(async (update, { signal }) => {
      running++
      try {
        for (let percent = 0; percent <= 100; percent++) {
          update(percent)
          await delay(10, undefined, { signal })
        }
      } finally {
        running--
      }
    }, quiet),
}

const server = createServer((req, res) => {
  served++
  const make = routes[req.url ?? '']
  if (!make) return void res.writeHead(404).end()
  void pipeSSE(make(), req, res)
}).listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 })
})

process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  process.send?.({ heapUsed, rss, running, served, resources })
})
