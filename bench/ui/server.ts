import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { blockOf } from './tick.ts'

/** Serves the page and its stream. */
export interface PageServer {
  readonly origin: string
  /** Resolves with the next request for the stream, once its head is sent. */
  nextReader: () => Promise<Reader>
  close: () => void
}

/** One open stream. */
export interface Reader {
  /** Sends so many events, with so many milliseconds from one to the next. */
  send: (total: number, interval: number) => Promise<void>
}

/** Starts a server on a free port. */
export async function startPageServer(): Promise<PageServer> {
  const script = await bundlePage()
  let next = Promise.withResolvers<Reader>()
  const server = createServer((req, res) => {
    const [path] = (req.url ?? '').split('?')
    if (path === '/page.js') return void res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    if (path === '/stream') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' })
      res.flushHeaders()
      return next.resolve({ send: (...how) => send(res, ...how) })
    }
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    res.end('<!doctype html><link rel="icon" href="data:,"><body></body><script src="/page.js"></script>')
  }).listen(0)
  await once(server, 'listening')
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async nextReader() {
      const reader = await next.promise
      next = Promise.withResolvers()
      return reader
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function send(res: ServerResponse, total: number, interval: number): Promise<void> {
  const begin = performance.now()
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let n = 0; n < total; n++) {
    res.write(blockOf(n))
    await setImmediate()
    // No timer is as short as this, and to spin would take a core from the browser.
    const left = begin + (n + 1) * interval - performance.now()
    if (left > 0) Atomics.wait(sleeper, 0, 0, left)
  }
}

/** Bundles the page as an application would, with the build of each contender. */
async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'page/main.ts'),
    platform: 'browser',
    checks: { moduleLevelDirective: false },
    transform: {
      define: {
        'process.env.NODE_ENV': '"production"',
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
    },
  })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  await bundle.close()
  return output[0].code
}
