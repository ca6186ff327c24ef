import { afterEach, beforeEach, expect, vi } from 'vitest'
import { type EventServer, startEventServer } from './eventServer.ts'

/** A server for each test of a file. */
export interface TestEventServer extends Omit<EventServer, 'close'> {
  /** Waits until as many streams of a path are open. */
  opened: (path: string, count?: number) => Promise<void>
}

/** Starts a server for each test. After the test, and what `leave` does, nothing may be connected. */
export function withEventServer(leave: () => void): TestEventServer {
  let server: EventServer
  beforeEach(async () => {
    server = await startEventServer()
  })
  afterEach(async () => {
    leave()
    const paths = new Set(server.requests.map(({ url = '' }) => url))
    const left = () => [...paths].filter((path) => server.open(path).length > 0)
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 3000 })
    await server.close()
  })
  return {
    url: (path) => server.url(path),
    get requests() {
      return server.requests
    },
    open: (path) => server.open(path),
    send: (path, event) => server.send(path, event),
    cut: () => server.cut(),
    opened: (path, count = 1) => vi.waitFor(() => expect(server.open(path)).toHaveLength(count), { timeout: 3000 }),
  }
}
