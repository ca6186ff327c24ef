import type { IncomingMessage } from 'node:http'
import type { EventStreamOptions } from '@tidewire/client'
import { expect, onTestFinished, vi } from 'vitest'
import { follow, type Followed } from '../../packages/client/test/followed.ts'
import { Journal } from './journal.ts'
import { type Proxy, startProxy } from './startProxy.ts'
import { type Listener, startServer } from './startServer.ts'

/** How long something may take, and how often to look, in milliseconds. */
export const PATIENCE = { timeout: 5000, interval: 5 }

/** What each server says first: how long a reader waits before it comes back, in milliseconds. */
export const RETRY = 40

/** How often each server sends a comment, in milliseconds. */
export const KEEP_ALIVE = 20

/** Serves a journal with a library of another make. */
export type ServeJournal = (journal: Journal) => Listener

/** A server of another make, behind a way that can be lost. */
export interface ServedJournal extends Proxy {
  readonly journal: Journal
  /** Every request that came, oldest first. */
  readonly requests: readonly IncomingMessage[]
  /** Aborts when the test is over. */
  readonly signal: AbortSignal
  /** Follows a path until the test is over, and comes back without delay. */
  follow: (path: string, options?: EventStreamOptions) => Followed
  /** Waits until so many follow the journal. */
  followed: (count?: number) => Promise<void>
}

/** Starts a server of another make. After the test it has to have noticed that its readers are gone. */
export async function startJournal(serve: ServeJournal): Promise<ServedJournal> {
  const journal = new Journal()
  const { port, requests } = await startServer(serve(journal))
  const proxy = await startProxy(port)
  const leave = new AbortController()
  const { signal } = leave
  const followed = (count = 1) => vi.waitFor(() => expect(journal.followers, 'followers').toBe(count), PATIENCE)
  onTestFinished(async () => {
    leave.abort()
    await followed(0)
  })
  return {
    ...proxy,
    journal,
    requests,
    signal,
    follow: (path, options) => follow(proxy.origin + path, { signal, retry: { delay: 1 }, ...options }),
    followed,
  }
}
