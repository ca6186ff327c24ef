import { createSSEClient, type SSEClient, type SSEClientOptions, type SSESubscription } from '@tidewire/client'
import { createTestTransport, type TestConnection, type TestTransport } from '@tidewire/client/testing'
import { afterEach, beforeEach, expect, vi } from 'vitest'

type SubscribeOptions = Parameters<SSEClient['subscribe']>[1]

/** What a channel's subscription has told: `open`, `event:payload`, `gap:reason`, `error:code`, `close:reason`. */
export interface FollowedChannel {
  readonly subscription: SSESubscription
  readonly log: string[]
}

/** A client, and the hub that a test plays to it by hand. */
export interface HubClient {
  transport: TestTransport
  client: SSEClient
  /** `connected`, `disconnected`, `reconnecting`, `error:code`, as the client tells of its connection. */
  readonly told: string[]
  /** What the next changes of the set are answered with. */
  answers: (number | Promise<number>)[]
  /** Makes the client anew, with other options. */
  create: (options?: SSEClientOptions) => SSEClient
  follow: (channel: string, options?: SubscribeOptions) => FollowedChannel
  /** Takes the next request for a stream, and greets. */
  welcome: (...hello: Parameters<TestConnection['hub']['hello']>) => Promise<TestConnection>
  /** Loses a connection, and takes up the next, which is not greeted yet. */
  lose: (connection: TestConnection) => Promise<TestConnection>
  /** Lets all that is due happen. */
  pass: (milliseconds?: number) => Promise<unknown>
}

/** Gives each test of a file a client, a hub and the time, and proves that it leaves no timer and no connection. */
export function useHubClient(defaults: SSEClientOptions = {}): HubClient {
  const told: string[] = []
  const create = (options?: SSEClientOptions) => {
    const client = createSSEClient({
      fetch: hub.transport.fetch,
      retry: { delay: 1, jitter: 'none' },
      linger: 0,
      ...defaults,
      ...options,
    })
    client.on('connected', () => told.push('connected'))
    client.on('disconnected', () => told.push('disconnected'))
    client.on('reconnecting', () => told.push('reconnecting'))
    client.on('error', ({ code }) => told.push(`error:${code}`))
    clients.push(client)
    return (hub.client = client)
  }
  const clients: SSEClient[] = []
  const hub: HubClient = {
    transport: undefined as unknown as TestTransport,
    client: undefined as unknown as SSEClient,
    told,
    answers: [],
    create,
    follow(channel, options) {
      const log: string[] = []
      const subscription = hub.client.subscribe(channel, {
        ...options,
        onOpen() {
          log.push('open')
          options?.onOpen?.()
        },
        onEvent(event) {
          log.push(`${event.event}:${JSON.stringify(event.data)}`)
          options?.onEvent?.(event)
        },
        onGap(gap) {
          log.push(`gap:${gap.reason}`)
          options?.onGap?.(gap)
        },
        onError(error) {
          log.push(`error:${error.code}`)
          options?.onError?.(error)
        },
        onClose(reason) {
          log.push(`close:${reason}`)
          options?.onClose?.(reason)
        },
      })
      return { subscription, log }
    },
    async welcome(...hello) {
      const connection = await hub.transport.open()
      await connection.hub.hello(...hello)
      return connection
    },
    async lose(connection) {
      await connection.drop()
      const opening = hub.transport.open()
      await hub.pass(1)
      return opening
    },
    pass: (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds),
  }

  beforeEach(() => {
    vi.useFakeTimers()
    told.length = 0
    hub.answers = []
    hub.transport = createTestTransport({ onChange: () => hub.answers.shift() })
    create()
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await vi.advanceTimersByTimeAsync(1000)
    expect(hub.transport.connections, 'connections left').toEqual([])
    expect(vi.getTimerCount(), 'timers left').toBe(0)
    await hub.transport.close()
    vi.useRealTimers()
  })
  return hub
}
