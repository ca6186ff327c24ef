import { on, EventEmitter } from 'node:events'
import { type CloseReason, createEventStream, type EventStream } from '@tidewire/client'
import type { SSEHub } from '@tidewire/server'
import { type NodeHandler, toNodeHandler } from '@tidewire/server/node'
import { expect, onTestFinished } from 'vitest'
import type { TestServer } from './useServer.ts'

/** What a page hears of the channels that it follows. */
export interface Page {
  readonly stream: EventStream
  /** The next event: its name, and its payload. */
  next: () => Promise<[name: string, data: unknown]>
  /** Resolves with why it stopped. */
  readonly closed: Promise<CloseReason>
}

/** A hub per test, and pages that follow its channels. */
export interface TestChannels {
  /** Serves a hub until the test is over, behind a handler of its own where one is given. Returns the server's address. */
  serve: (hub: Pick<SSEHub, 'fetch' | 'connectionCount' | 'close'>, handler?: NodeHandler) => Promise<string>
  /** Follows channels, signed in by a token. Resolves once the page is let in, or turned away. */
  follow: (url: string, channels: string[], token?: string) => Promise<Page>
}

export function useChannels(server: TestServer): TestChannels {
  return {
    serve(hub, handler = toNodeHandler(hub)) {
      onTestFinished(async () => {
        expect(hub.connectionCount, 'readers left').toBe(0)
        await hub.close()
      })
      return server.serve(handler)
    },
    async follow(url, channels, token = '') {
      const query = new URLSearchParams(channels.map((name) => ['channel', name]))
      const heard = new EventEmitter()
      const events: AsyncIterator<[string, unknown][]> = on(heard, 'event')[Symbol.asyncIterator]()
      const opened = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<CloseReason>()
      const stream = createEventStream(`${url}/_sse?${query}`, {
        headers: { authorization: token },
        signal: server.signal,
        onEvent: ({ event, data }) => heard.emit('event', [event, data]),
        onOpen: opened.resolve,
        onClose: closed.resolve,
      })
      await Promise.race([opened.promise, closed.promise])
      return {
        stream,
        next: async () => ((await events.next()).value as [[string, unknown]])[0],
        closed: closed.promise,
      }
    },
  }
}
