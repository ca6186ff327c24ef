import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect } from 'vitest'
import { type FrameReader, readFrames } from '../frameReader.ts'

/** A server per test; after the test its readers leave, and every response has to close. */
export interface TestServer {
  /** Serves a route. Returns its address. */
  serve: (route: (req: IncomingMessage, res: ServerResponse) => unknown) => Promise<string>
  /** Asks for a stream, and reads it block by block. */
  follow: (url: string, init?: RequestInit) => Promise<FrameReader & { response: Response }>
  /** Aborts when the readers have to leave. */
  readonly signal: AbortSignal
}

export function useServer(): TestServer {
  let leave: AbortController
  let server: Server | undefined
  let closed: Promise<unknown>[]
  let failures: unknown[]

  beforeEach(() => {
    leave = new AbortController()
    closed = []
    failures = []
  })

  afterEach(async () => {
    leave.abort()
    await Promise.all(closed)
    if (server) {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      server = undefined
    }
    expect(failures).toEqual([])
  })

  return {
    get signal() {
      return leave.signal
    },
    async serve(route) {
      server = createServer((req, res) => {
        closed.push(once(res, 'close'))
        // A route may be plain or async.
        void (async () => route(req, res))().catch((error: unknown) => {
          failures.push(error)
          res.destroy()
        })
      }).listen(0)
      await once(server, 'listening')
      return `http://localhost:${(server.address() as AddressInfo).port}`
    },
    async follow(url, init) {
      const response = await fetch(url, { ...init, signal: leave.signal })
      return { response, ...readFrames(response) }
    },
  }
}
