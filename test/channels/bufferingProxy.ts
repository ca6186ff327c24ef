import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** What a proxy does with a response: passes it on, or holds back all of it, or its body, until the end. */
export type Holding = 'nothing' | 'all' | 'body'

/** A way to a server on which responses may be held back. */
export interface BufferingProxy {
  readonly origin: string
  holds: Holding
  /** The targets that were asked for, oldest first. */
  readonly targets: string[]
  /** How many responses are under way. */
  readonly open: number
  /** Cuts off all that is under way. */
  cut: () => void
}

/** Stands before a server until the test is over. */
export async function startBufferingProxy(port: number, holds: Holding): Promise<BufferingProxy> {
  const open = new Set<ServerResponse>()
  const server = createServer((req, res) => {
    proxy.targets.push(`${req.method} ${req.url}`)
    open.add(res)
    const { method, headers, url: path } = req
    const inner = request({ port, host: 'localhost', method, headers, path })
    res.on('close', () => {
      open.delete(res)
      inner.destroy()
    })
    inner.on('error', () => res.destroy())
    inner.on('response', (answer) => {
      const head = () => res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => res.destroy())
      if (proxy.holds === 'nothing') return void answer.pipe(head())
      if (proxy.holds === 'body') head().flushHeaders()
      buffer(answer).then(
        (body) => (res.headersSent ? res : head()).end(body),
        () => res.destroy(),
      )
    })
    req.pipe(inner)
  }).listen(0)
  await once(server, 'listening')
  const proxy: BufferingProxy = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    holds,
    targets: [],
    get open() {
      return open.size
    },
    cut() {
      for (const res of open) res.destroy()
    },
  }
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return proxy
}
