import { createSSEClient, type SSEClient, type SSEClientOptions } from '@tidewire/client'
import { shareInBrowser, type ShareInBrowserOptions } from '@tidewire/client/tabs'
import type { SSEHub } from '@tidewire/server'
import { onTestFinished, vi } from 'vitest'
import { useWire, type Wire } from './useHubClient.ts'

/** What a tab has of its browser: all of it stops with the tab, and waits while it is frozen. */
export interface BrowserTab {
  readonly client: SSEClient
  readonly wire: Wire
  /** It does nothing any more, and hears nothing, until it is woken: a long task, or a debugger. */
  freeze: () => void
  wake: () => void
  /** It is gone without a word. */
  crash: () => void
}

export interface BrowserTabOptions extends ShareInBrowserOptions, Omit<SSEClientOptions, 'share' | 'fetch'> {}

/** Gives way to all that waits for no time. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** A browser whose tabs read a hub. Locks and channels are the platform's own. */
export interface Browser {
  readonly open: (options?: BrowserTabOptions) => BrowserTab
  /** The locks that tabs hold or wait for. */
  readonly locks: () => Promise<LockInfo[]>
  /** Closes all tabs. */
  readonly close: () => void
}

export function openBrowser(hub: Pick<SSEHub, 'fetch'>): Browser {
  const tabs: BrowserTab[] = []
  vi.stubGlobal('isSecureContext', true)
  // The silence of a leader is measured by it.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { locks } = navigator
  return {
    open(options) {
      const tab = openTab(hub, options)
      tabs.push(tab)
      return tab
    },
    async locks() {
      const { held = [], pending = [] } = await locks.query()
      return [...held, ...pending]
    },
    close() {
      for (const { client, wake } of tabs) {
        wake()
        client.close()
      }
      vi.unstubAllGlobals()
      vi.useRealTimers()
    },
  }
}

/** Opens one that is closed with the test. */
export function useBrowser(hub: Pick<SSEHub, 'fetch'>): Browser {
  const browser = openBrowser(hub)
  onTestFinished(browser.close)
  return browser
}

function openTab(hub: Pick<SSEHub, 'fetch'>, { identity, ...options }: BrowserTabOptions = {}): BrowserTab {
  const life = new AbortController()
  let thaw: (() => void) | undefined
  let thawed: Promise<void> | undefined

  /** Waits until it is awake; never ends for a tab that is gone. */
  async function awake(): Promise<void> {
    await thawed
    if (life.signal.aborted) await new Promise(() => {})
  }

  const channels = new Set<BroadcastChannel>()
  class TabChannel extends EventTarget {
    readonly #channel: BroadcastChannel
    constructor(name: string) {
      super()
      this.#channel = new BroadcastChannel(name)
      channels.add(this.#channel)
      const pass = ({ data }: MessageEvent) => this.dispatchEvent(new MessageEvent('message', { data }))
      this.#channel.addEventListener('message', (event) => {
        if (!thawed) pass(event)
        else void awake().then(() => pass(event))
      })
    }
    postMessage(message: unknown): void {
      if (!life.signal.aborted) this.#channel.postMessage(message)
    }
    close(): void {
      channels.delete(this.#channel)
      this.#channel.close()
    }
  }

  const { locks } = navigator
  const ended = new Promise<void>((resolve) => life.signal.addEventListener('abort', () => resolve()))
  const tabLocks: Pick<LockManager, 'query' | 'request'> = {
    query: () => locks.query(),
    async request(name: string, given: LockOptions, callback: LockGrantedCallback<unknown>) {
      const signal = given.signal ? AbortSignal.any([given.signal, life.signal]) : undefined
      try {
        const granted = async (lock: Lock | null) => {
          await Promise.race([awake(), ended])
          // The browser gives the locks of a tab back that is gone.
          return life.signal.aborted ? undefined : Promise.race([callback(lock), ended])
        }
        return await locks.request(name, signal ? { ...given, signal } : given, granted as LockGrantedCallback<unknown>)
      } finally {
        await awake()
      }
    },
  } as Pick<LockManager, 'query' | 'request'>

  const wire = useWire({
    async fetch(request) {
      await awake()
      const response = await hub.fetch(request)
      if (!response.body) return response
      const gate = new TransformStream<Uint8Array, Uint8Array>({
        async transform(chunk, controller) {
          if (thawed) await awake()
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body.pipeThrough(gate), response)
    },
  })

  const global = { navigator, BroadcastChannel }
  vi.stubGlobal('navigator', { locks: tabLocks })
  vi.stubGlobal('BroadcastChannel', TabChannel)
  const client = createSSEClient({
    url: 'http://hub.test/_sse',
    linger: 0,
    retry: { delay: 1, maxDelay: 1 },
    ...options,
    fetch: wire.fetch,
    share: shareInBrowser({ identity }),
  })
  vi.stubGlobal('navigator', global.navigator)
  vi.stubGlobal('BroadcastChannel', global.BroadcastChannel)

  return {
    client,
    wire,
    freeze() {
      thawed ??= new Promise((resolve) => {
        thaw = resolve
      })
    },
    wake() {
      thawed = undefined
      thaw?.()
    },
    crash() {
      life.abort()
      thaw?.()
      for (const channel of channels) channel.close()
      wire.cut()
      client.close()
    },
  }
}
