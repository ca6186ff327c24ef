import type { EventStreamOptions } from '@tidewire/client'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { follow, type Followed } from './followed.ts'
import { createScriptedFetch, type ScriptedFetch } from './scriptedFetch.ts'

/** Streams whose server is a test, and whose clock stands still. */
export interface ScriptedStreams {
  /** The server of the test that runs. */
  readonly server: ScriptedFetch & {
    /** Forgets all requests. One that does not obey the signal keeps its exchanges alive. */
    restart: (options?: { obeysSignal: boolean }) => void
  }
  /** Follows a stream until the test is over. */
  start: (options?: EventStreamOptions) => Promise<Followed>
  /** Takes part in the end of the test. */
  keep: (followed: Followed) => Followed
  /** Answers the newest request, and ends it after `text`. */
  answer: (text?: string) => Promise<void>
  /** Answers the newest request, and stays open after `text`. */
  open: (text?: string) => Promise<void>
  refuse: (status: number, headers?: Record<string, string>) => Promise<void>
  /** Lets everything happen that waits for no time. */
  settle: () => Promise<void>
  /** Lets time pass. */
  pass: (milliseconds: number) => Promise<void>
}

/** Sets the clock and the server up for each test of a file. After each, no connection and no timer is left. */
export function useScriptedStreams(): ScriptedStreams {
  let server = createScriptedFetch()
  let followed: Followed[] = []

  const pass = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds)
  }
  const settle = () => pass(0)

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 })
    // All of the bound, so that delays are what they are at most.
    vi.spyOn(Math, 'random').mockReturnValue(1)
    server = createScriptedFetch()
    followed = []
  })

  afterEach(async () => {
    for (const { stream } of followed) stream.close()
    await settle()
    expect(server.live).toEqual([])
    // The last publication.
    vi.advanceTimersByTime(50)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const keep = (one: Followed) => {
    followed.push(one)
    return one
  }
  return {
    server: {
      fetch: (...args) => server.fetch(...args),
      get exchanges() {
        return server.exchanges
      },
      get last() {
        return server.last
      },
      get live() {
        return server.live
      },
      restart(options) {
        server = createScriptedFetch(options)
      },
    },
    async start(options) {
      const one = keep(follow('https://example.test/', { fetch: server.fetch, ...options }))
      await settle()
      return one
    },
    keep,
    async answer(text = '') {
      server.last.respond().send(text).end()
      await settle()
    },
    async open(text = '') {
      server.last.respond().send(text)
      await settle()
    },
    async refuse(status, headers = {}) {
      server.last.respond({ status, headers })
      await settle()
    },
    settle,
    pass,
  }
}
