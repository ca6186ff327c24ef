import {
  createSSEClient,
  type EventHandler,
  eventTypes,
  type ProgressEvents,
  type SSEClient,
  type SSEClientOptions,
  type SSEError,
  type SSESubscription,
} from '@tidewire/client'
import { createSSEHub } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { createLog } from './createLog.ts'
import { useChannels } from './useChannels.ts'
import { useClients } from './useClients.ts'
import { useFakeIntervals, withFakeTimeouts } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()
const { serve } = useChannels(server)
const createClient = useClients(server)

/** What a page says of its user. */
const signedInAs = (user: string) => ({ headers: { authorization: user } })

/** A hub that knows who asks. */
const createHub = () => createSSEHub({ context: (request) => ({ user: request.headers.get('authorization') }) })

/** All that a client tells of its connection, in order. */
function listenTo(client: SSEClient) {
  const log = createLog()
  client.on('connected', () => log.add('connected'))
  client.on('disconnected', () => log.add('disconnected'))
  client.on('reconnecting', ({ attempt }) => log.add(`reconnecting ${attempt}`))
  client.on('error', ({ code }) => log.add(`error ${code}`))
  return log
}

/** Waits until all of them follow their channels. */
const opened = (...subscriptions: { opened: Promise<void> }[]) => Promise.all(subscriptions.map(({ opened }) => opened))

describe('the quick start', () => {
  it('follows two channels over one connection, and says when that stands', async () => {
    const hub = createHub()
    hub.channel('notifications')
    hub.channel('users/:id', ({ user }, { id }) => user === id)
    const client = createClient(await serve(hub), signedInAs('ann'))
    const connection = listenTo(client)
    const { add, next } = createLog()
    const notifications = client.subscribe('notifications')
    notifications.on('alert', (data) => add(['alert', data]))
    const userChannel = client.subscribe('users/ann')
    userChannel.on('message', (data) => add(['message', data]))
    expect(await connection.next()).toBe('connected')
    await opened(notifications, userChannel)

    await hub.to('notifications').send('alert', { level: 'info', message: 'System maintenance in 5 minutes' })
    await hub.to('users/ann').send('message', { text: 'You have a new message', from: 'admin' })
    expect(await next()).toEqual(['alert', { level: 'info', message: 'System maintenance in 5 minutes' }])
    expect(await next()).toEqual(['message', { text: 'You have a new message', from: 'admin' }])
    expect(hub.connectionCount).toBe(1)
  })
})

describe('the options of a client', () => {
  it('are an address, which is /_sse where none is given', async () => {
    const hub = createHub()
    hub.channel('notifications')
    const url = await serve(hub)
    const asked: string[] = []
    // What a page does of itself: an address without a host is that of its own.
    const send: typeof fetch = (input, init) => {
      const target = new URL(input as string, url)
      asked.push(target.pathname)
      return fetch(target, init)
    }
    const client = createSSEClient({ fetch: send, linger: 0 })
    await opened(client.subscribe('notifications'))
    client.close()
    expect(asked).toEqual(['/_sse'])
  })

  it.each<[string, SSEClientOptions['retry'], random: number]>([
    [
      'are the first delay, its growth, the longest delay, and how many attempts are made',
      { delay: 1000, maxDelay: 30_000, maxAttempts: 10, multiplier: 1.5, jitter: 'none' },
      1,
    ],
    ['are the same where none are given, but that a delay is a random part of its bound', undefined, 0.5],
  ])('%s', (_title, retry, random) =>
    withFakeTimeouts(async () => {
      // Time stands still, so that delays are told to the millisecond.
      vi.spyOn(Date, 'now').mockReturnValue(0)
      vi.spyOn(Math, 'random').mockReturnValue(random)
      onTestFinished(() => void vi.restoreAllMocks())
      let requests = 0
      const url = await server.serve((_req, res) => {
        requests++
        res.writeHead(503).end()
      })
      const client = createClient(url, { retry })
      const { add, next } = createLog<{ attempt: number; delay: number }>()
      client.on('reconnecting', add)
      const closed = Promise.withResolvers<string>()
      client.subscribe('notifications', { onClose: closed.resolve })
      for (let attempt = 1; attempt <= 10; attempt++) {
        const told = await next()
        expect(told).toEqual({ attempt, delay: random * Math.min(30_000, 1000 * 1.5 ** (attempt - 1)) })
        vi.advanceTimersByTime(Math.ceil(told.delay))
      }
      expect(await closed.promise).toBe('fatal')
      expect(requests).toBe(11)
    }),
  )
})

describe('a subscription', () => {
  it('has handlers for events by their names, and for its own failure, and is closed alone', async () => {
    const hub = createHub()
    hub.channel('notifications')
    hub.channel('metrics')
    const client = createClient(await serve(hub))
    const { add, next } = createLog()
    const onError = vi.fn<(error: SSEError) => void>()
    const subscription = client.subscribe('notifications', { onError })
    subscription.on('alert', (data) => add(['alert', data]))
    subscription.on('update', (data) => add(['update', data]))
    const metrics = client.subscribe('metrics')
    metrics.on('message', (data) => add(['metrics', data]))
    await opened(subscription, metrics)

    await hub.to('notifications').send('alert', { level: 'info', message: 'Hello' })
    await hub.to('notifications').send('update', { version: 2 })
    expect(await next()).toEqual(['alert', { level: 'info', message: 'Hello' }])
    expect(await next()).toEqual(['update', { version: 2 }])

    subscription.close()
    await vi.waitFor(() => expect(hub.activeChannels).toEqual(['metrics']))
    await hub.to('notifications').send('alert', { level: 'info', message: 'Nobody hears' })
    await hub.to('metrics').data({ cpu: 0.5 })
    expect(await next()).toEqual(['metrics', { cpu: 0.5 }])
    expect(onError).not.toHaveBeenCalled()
  })

  it('takes a handler off without taking off the others', async () => {
    const hub = createHub()
    hub.channel('notifications')
    const client = createClient(await serve(hub))
    const { add, next } = createLog()
    const subscription = client.subscribe('notifications')
    const off = subscription.on('alert', () => add('first'))
    subscription.on('alert', (data) => add(data))
    await opened(subscription)
    off()
    await hub.to('notifications').send('alert', 'second')
    expect(await next()).toBe('second')
  })
})

describe('the connection', () => {
  it('says that it is lost, tried again and back, and brings what was missed', async () => {
    const hub = createHub()
    hub.channel('notifications')
    const cuts: (() => void)[] = []
    const handle = toNodeHandler(hub)
    const url = await serve(hub, (req, res) => {
      cuts.push(() => res.destroy())
      return handle(req, res)
    })
    const client = createClient(url)
    const connection = listenTo(client)
    const { add, next } = createLog()
    const subscription = client.subscribe('notifications')
    subscription.on('alert', add)
    expect(client.connected).toBe(false)
    expect(await connection.next()).toBe('connected')
    expect(client.connected).toBe(true)
    await hub.to('notifications').send('alert', 1)
    expect(await next()).toBe(1)

    cuts[0]?.()
    expect(await connection.next()).toBe('disconnected')
    expect(client.connected).toBe(false)
    await hub.to('notifications').send('alert', 2)
    expect(await connection.next()).toBe('error network')
    expect(await connection.next()).toBe('reconnecting 1')
    expect(await connection.next()).toBe('connected')
    expect(await next()).toBe(2)
  })

  it('is given up, taken up again and made anew by hand, and nothing is missed', async () => {
    const hub = createHub()
    hub.channel('notifications')
    const client = createClient(await serve(hub))
    const connection = listenTo(client)
    const { add, next } = createLog()
    const subscription = client.subscribe('notifications')
    subscription.on('alert', add)
    expect(await connection.next()).toBe('connected')
    const first = client.connectionId

    client.pause()
    expect(await connection.next()).toBe('disconnected')
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
    await hub.to('notifications').send('alert', 1)
    client.resume()
    expect(await connection.next()).toBe('connected')
    expect(await next()).toBe(1)
    const second = client.connectionId

    client.reconnect()
    expect(await connection.next()).toBe('disconnected')
    expect(await connection.next()).toBe('connected')
    expect(new Set([first, second, client.connectionId]).size).toBe(3)
    await hub.to('notifications').send('alert', 2)
    expect(await next()).toBe(2)
  })

  it('is closed with all subscriptions', async () => {
    const hub = createHub()
    hub.channel('notifications')
    hub.channel('metrics')
    const client = createClient(await serve(hub))
    const connection = listenTo(client)
    const onClose = vi.fn<(reason: string) => void>()
    const subscriptions = [client.subscribe('notifications', { onClose }), client.subscribe('metrics', { onClose })]
    await opened(...subscriptions)
    expect(await connection.next()).toBe('connected')
    client.close()
    expect(onClose.mock.calls).toEqual([['manual'], ['manual']])
    expect(subscriptions.map(({ status }) => status)).toEqual(['closed', 'closed'])
    expect(await connection.next()).toBe('disconnected')
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  })

  it('is tried again by hand after it was given up for good', async () => {
    const hub = createHub()
    hub.channel('notifications')
    const handle = toNodeHandler(hub)
    let isUp = false
    const url = await serve(hub, async (req, res) => {
      if (isUp) return handle(req, res)
      res.statusCode = 503
      res.end()
    })
    const client = createClient(url, { retry: false })
    const closed = Promise.withResolvers<string>()
    const { add, next } = createLog()
    const subscription = client.subscribe('notifications', { onClose: closed.resolve })
    subscription.on('alert', add)
    expect(await closed.promise).toBe('fatal')
    expect(subscription.error).toMatchObject({ code: 'http-status', status: 503 })
    isUp = true
    const connection = listenTo(client)
    subscription.reconnect()
    expect(await connection.next()).toBe('connected')
    await hub.to('notifications').send('alert', 1)
    expect(await next()).toBe(1)
  })
})

describe('errors', () => {
  it('are those of a channel that is refused, and of no other', async () => {
    const hub = createHub()
    hub.channel('notifications')
    hub.channel('admin-only', ({ user }) => user === 'admin')
    const client = createClient(await serve(hub), signedInAs('bob'))
    const onClientError = vi.fn<(error: SSEError) => void>()
    client.on('error', onClientError)
    const refused = Promise.withResolvers<SSEError>()
    const secret = client.subscribe('admin-only', { onError: refused.resolve })
    const { add, next } = createLog()
    const notifications = client.subscribe('notifications')
    notifications.on('alert', add)
    expect(await refused.promise).toMatchObject({ name: 'SSEError', code: 'denied' })
    expect(secret).toMatchObject({ status: 'closed', closeReason: 'denied' })
    await opened(notifications)
    await hub.to('notifications').send('alert', 'for all')
    expect(await next()).toBe('for all')
    expect(onClientError).not.toHaveBeenCalled()
  })

  it('are those of the connection, which every subscription shows', async () => {
    const url = await server.serve((_req, res) => res.writeHead(401).end())
    const client = createClient(url)
    const { add, next } = createLog()
    client.on('error', add)
    const subscription = client.subscribe('notifications')
    expect(await next()).toMatchObject({ name: 'SSEError', code: 'http-status', status: 401 })
    await expect(subscription.opened).rejects.toMatchObject({ status: 401 })
    expect(subscription).toMatchObject({ status: 'closed', closeReason: 'denied' })
  })
})

describe('the types', () => {
  interface AlertEvent {
    level: 'info' | 'warning' | 'error'
    message: string
    timestamp: number
  }

  interface Alerts {
    alert: AlertEvent
    metrics: { cpu: number }
  }

  const channels = { alerts: eventTypes<Alerts>() }

  /** A subscription with a method for each of its events. */
  interface TypedSubscription extends SSESubscription<Alerts> {
    onAlert: (listener: EventHandler<Alerts, 'alert'>) => () => void
    onMetrics: (listener: EventHandler<Alerts, 'metrics'>) => () => void
  }

  const typed = (subscription: SSESubscription<Alerts>): TypedSubscription =>
    Object.assign(subscription, {
      onAlert: (listener: EventHandler<Alerts, 'alert'>) => subscription.on('alert', listener),
      onMetrics: (listener: EventHandler<Alerts, 'metrics'>) => subscription.on('metrics', listener),
    })

  it('are those of the contract, in listeners that are written apart, too', async () => {
    const hub = createSSEHub({ channels })
    hub.channel('alerts')
    const client = createClient(await serve(hub), { channels })
    const { add, next } = createLog<string | number>()
    const alertListener: EventHandler<Alerts, 'alert'> = ({ level, message }) => add(`${level}: ${message}`)
    const subscription = client.subscribe('alerts')
    expectTypeOf(subscription).toEqualTypeOf<SSESubscription<Alerts>>()
    subscription.on('alert', alertListener)
    // @ts-expect-error: it is for another event.
    void (() => subscription.on('metrics', alertListener))
    // @ts-expect-error: there is no such channel.
    expect(() => client.subscribe('alarms')).toThrow(TypeError)
    await opened(subscription)
    await hub.to('alerts').send('alert', { level: 'warning', message: 'High CPU usage', timestamp: 1 })
    expect(await next()).toBe('warning: High CPU usage')

    const offMetrics = typed(subscription).onMetrics(({ cpu }) => add(cpu))
    await hub.to('alerts').send('alert', { level: 'info', message: 'Hello', timestamp: 2 })
    expect(await next()).toBe('info: Hello')
    await hub.to('alerts').send('metrics', { cpu: 0.5 })
    expect(await next()).toBe(0.5)
    offMetrics()
  })
})

describe('the live chat', () => {
  it('appends the messages of others, and shows who is typing', async () => {
    const channels = {
      'chat/:roomId': eventTypes<{ message: { id: string; text: string }; typing: { user: string } }>(),
    }
    const hub = createSSEHub({
      channels,
      context: (request) => ({ name: request.headers.get('authorization') ?? '' }),
      identify: ({ name }) => name,
    })
    hub.channel('chat/:roomId', ({ name }) => name !== '')
    const url = await serve(hub)
    const join = async (name: string) => {
      const { add, next } = createLog<string>()
      const chat = createClient(url, { channels, ...signedInAs(name) }).subscribe('chat/lobby')
      chat.on('message', ({ text }) => add(text))
      chat.on('typing', ({ user }) => add(`${user} is typing`))
      await opened(chat)
      return next
    }
    const [ann, bob] = [await join('ann'), await join('bob')]
    await hub.to('chat/lobby').except('ann').send('typing', { user: 'ann' })
    await hub.to('chat/lobby').except('ann').send('message', { id: '1', text: 'Hello everyone!' })
    await hub.to('chat/lobby').except('bob').send('message', { id: '2', text: 'Hello Ann!' })
    expect(await bob()).toBe('ann is typing')
    expect(await bob()).toBe('Hello everyone!')
    expect(await ann()).toBe('Hello Ann!')
  })
})

describe('the dashboard', () => {
  it('updates its charts with each message', async () => {
    const metrics = eventTypes<{ message: { cpu: number; memory: number; users: number; rps: number } }>()
    const channels = { 'dashboard/metrics': metrics }
    const hub = createSSEHub({ channels })
    hub.channel('dashboard/metrics')
    const client = createClient(await serve(hub), { channels })
    const { add, next } = createLog()
    const dashboard = client.subscribe('dashboard/metrics')
    dashboard.on('message', ({ cpu, memory, users, rps }) => add([cpu, memory, users, rps]))
    await opened(dashboard)
    let rps = 0
    const interval = setInterval(() => {
      void hub.to('dashboard/metrics').data({ cpu: 0.5, memory: 0.25, users: 3, rps: ++rps })
    }, 5000)
    for (let count = 1; count <= 3; count++) {
      vi.advanceTimersByTime(5000)
      expect(await next()).toEqual([0.5, 0.25, 3, count])
    }
    clearInterval(interval)
    expect(dashboard.data).toEqual({ cpu: 0.5, memory: 0.25, users: 3, rps: 3 })
  })
})

describe('the progress of an upload', () => {
  const channels = { 'upload/:id': eventTypes<ProgressEvents>() }

  /** An upload whose bytes are told by hand. */
  async function startUpload() {
    const hub = createSSEHub({ channels, onError() {} })
    const done = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<(percent: number, message: string) => void>()
    const job = hub.job('upload/:id', async (update) => {
      begun.resolve((percent, message) => update(percent, message))
      await done.promise
    })
    job.start({ id: '7' })
    const client = createClient(await serve(hub), { channels })
    const { add, next } = createLog()
    const progress = client.subscribe('upload/7', { onClose: (reason) => add(reason) })
    progress.on('progress', ({ percent, message }) => add([percent, message]))
    progress.on('complete', () => add('Upload complete!'))
    progress.on('error', ({ message }) => add(`Upload failed: ${message}`))
    // Who comes gets the state at once: it has begun.
    expect(await next()).toEqual([undefined, undefined])
    return { update: await begun.promise, done, next }
  }

  it('moves a bar, and ends with its completion', async () => {
    const { update, done, next } = await startUpload()
    update(50, 'Uploaded 512/1024 bytes')
    expect(await next()).toEqual([50, 'Uploaded 512/1024 bytes'])
    done.resolve()
    expect(await next()).toBe('Upload complete!')
    expect(await next()).toBe('complete')
  })

  it('ends with its failure', async () => {
    const { done, next } = await startUpload()
    done.reject(new Error('disk sda1 is full'))
    expect(await next()).toMatch(/^Upload failed: (?!.*sda1)/)
    expect(await next()).toBe('complete')
  })
})
