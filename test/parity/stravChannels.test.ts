import { createSSEHub, eventTypes, type SSEAuthorize, SSEError } from '@tidewire/server'
import { describe, expect, it, vi } from 'vitest'
import { useChannels } from './useChannels.ts'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()
const { serve, follow } = useChannels(server)

interface User {
  id: string
  role: 'admin' | 'member'
  subscription: 'free' | 'premium'
  teams: string[]
}

const users = new Map<string | null, User>([
  ['Bearer ann', { id: 'ann', role: 'admin', subscription: 'premium', teams: ['blue', 'red'] }],
  ['Bearer bob', { id: 'bob', role: 'member', subscription: 'free', teams: ['blue'] }],
])

/** What the session middleware of the document knows. */
const session = (request: Request): { user: User | undefined } => ({
  user: users.get(request.headers.get('authorization')),
})

describe('the quick start', () => {
  it('sends notifications and private messages over one connection', async () => {
    const hub = createSSEHub({ context: session })
    hub.channel('notifications')
    hub.channel('users/:id', ({ user }, { id }) => user?.id === id)
    const userId = users.get('Bearer ann')!.id
    const page = await follow(await serve(hub), ['notifications', `users/${userId}`], 'Bearer ann')

    await hub.to('notifications').send('alert', { level: 'info', message: 'System maintenance in 5 minutes' })
    await hub.to(`users/${userId}`).send('message', { text: 'You have a new message', from: 'admin' })

    expect(await page.next()).toEqual([
      'notifications#alert',
      { level: 'info', message: 'System maintenance in 5 minutes' },
    ])
    expect(await page.next()).toEqual(['users/ann#message', { text: 'You have a new message', from: 'admin' }])
  })
})

describe('the configuration', () => {
  it('answers at /_sse, sends a heartbeat every 30 seconds, and lets in pages of the listed origins', async () => {
    const hub = createSSEHub({ cors: ['https://yourdomain.com'] })
    hub.channel('announcements')
    const url = await serve(hub)
    const follow = async (origin: string) => server.follow(`${url}/_sse?channel=announcements`, { headers: { origin } })
    const listed = await follow('https://yourdomain.com')
    expect(listed.response.headers.get('access-control-allow-origin')).toBe('https://yourdomain.com')
    expect(await listed.next()).toContain('"heartbeat":30000')
    const other = await follow('https://elsewhere.com')
    expect(other.response.headers.has('access-control-allow-origin')).toBe(false)
  })
})

describe('a public channel', () => {
  it.each(['announcements', 'public/news'])('%s is open to anyone', async (name) => {
    const hub = createSSEHub({ context: session })
    hub.channel('announcements')
    hub.channel('public/news')
    const page = await follow(await serve(hub), [name])
    await hub.to(name).send('posted', { title: 'Hello' })
    expect(await page.next()).toEqual(['posted', { title: 'Hello' }])
  })
})

describe('an authorized channel', () => {
  const isAdmin: SSEAuthorize<{ user: User | undefined }> = ({ user }) => user?.role === 'admin'

  function makeHub() {
    const hub = createSSEHub({ context: session })
    hub.channel('users/:id', async ({ user }, { id }) => user?.id === id)
    hub.channel('teams/:teamId/updates', async ({ user }, { teamId }) => user?.teams.includes(teamId) ?? false)
    hub.channel('admin/logs', isAdmin)
    return hub
  }

  it.each([
    ['users/bob', 'Bearer bob'],
    ['teams/blue/updates', 'Bearer bob'],
    ['admin/logs', 'Bearer ann'],
  ])('%s lets in whom it is for', async (name, token) => {
    const hub = makeHub()
    const page = await follow(await serve(hub), [name], token)
    await hub.to(name).data({ text: 'for you' })
    expect(await page.next()).toEqual(['message', { text: 'for you' }])
  })

  it.each([
    ['users/ann', 'other users', 'Bearer bob'],
    ['teams/red/updates', 'other teams', 'Bearer bob'],
    ['admin/logs', 'other roles', 'Bearer bob'],
    ['admin/logs', 'strangers', ''],
  ])('%s turns away %s', async (name, _whom, token) => {
    const hub = makeHub()
    const { closed, stream } = await follow(await serve(hub), [name], token)
    expect(await closed).toBe('denied')
    expect(stream.error).toMatchObject({ code: 'http-status', status: 403 })
    expect(hub.subscriberCount(name)).toBe(0)
  })

  it('turns everybody away while its callback throws, and keeps to itself what was thrown', async () => {
    const onError = vi.fn<(error: SSEError, info: { stage: string }) => void>()
    const hub = createSSEHub({ context: session, onError })
    hub.channel('admin-only', async ({ user }) => {
      if (user?.role !== 'admin') throw new Error('Insufficient permissions')
      return true
    })
    const url = await serve(hub)
    const { response } = await server.follow(`${url}/_sse?channel=admin-only`)
    expect(response.status).toBe(403)
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(SSEError), { stage: 'authorize' })
    const page = await follow(url, ['admin-only'], 'Bearer ann')
    await hub.to('admin-only').data('welcome')
    expect(await page.next()).toEqual(['message', 'welcome'])
  })
})

describe('a channel with a configuration of its own', () => {
  it('is for subscribers, who get heartbeats more often', async () => {
    const hub = createSSEHub({ context: session })
    hub.channel('live-metrics', { authorize: ({ user }) => user?.subscription === 'premium', heartbeat: 20 })
    const url = `${await serve(hub)}/_sse?channel=live-metrics`
    const paying = await server.follow(url, { headers: { authorization: 'Bearer ann' } })
    expect(await paying.next()).toContain('"heartbeat":20')
    for (let beat = 0; beat < 3; beat++) expect(await paying.next()).toBe(':')
    expect((await server.follow(url, { headers: { authorization: 'Bearer bob' } })).response.status).toBe(403)
  })
})

describe('broadcasting', () => {
  it('sends events with a name, and data without', async () => {
    const hub = createSSEHub()
    hub.channel('notifications')
    hub.channel('metrics')
    const page = await follow(await serve(hub), ['notifications', 'metrics'])
    await hub.to('notifications').send('alert', { level: 'warning', message: 'Server will restart in 2 minutes' })
    await hub.to('metrics').data({ cpu: 0.75, memory: 0.82, disk: 0.45 })
    expect(await page.next()).toEqual([
      'notifications#alert',
      { level: 'warning', message: 'Server will restart in 2 minutes' },
    ])
    expect(await page.next()).toEqual(['metrics#message', { cpu: 0.75, memory: 0.82, disk: 0.45 }])
  })

  it('leaves several players out', async () => {
    const hub = createSSEHub({
      context: (request) => ({ player: request.headers.get('authorization') ?? '' }),
      identify: ({ player }) => player,
    })
    hub.channel('game/lobby')
    const url = await serve(hub)
    const [first, second, third] = [
      await follow(url, ['game/lobby'], 'player-1'),
      await follow(url, ['game/lobby'], 'player-2'),
      await follow(url, ['game/lobby'], 'player-3'),
    ]
    await hub.to('game/lobby').except('player-1', 'player-2').send('player_joined', { name: 'Bob' })
    await hub.to('game/lobby').send('started', {})
    expect(await first.next()).toEqual(['started', {}])
    expect(await second.next()).toEqual(['started', {}])
    expect(await third.next()).toEqual(['player_joined', { name: 'Bob' }])
  })

  it('throws for a channel that there is not', async () => {
    const hub = createSSEHub()
    hub.channel('metrics')
    await serve(hub)
    expect(() => hub.to('invalid-channel').send('test', {})).toThrow(TypeError)
  })

  it('counts connections, and the readers of each channel', async () => {
    const hub = createSSEHub()
    hub.channel('notifications')
    hub.channel('metrics')
    const url = await serve(hub)
    const page = await follow(url, ['notifications', 'metrics'])
    await follow(url, ['notifications'])
    expect(hub.connectionCount).toBe(2)
    expect(hub.subscriberCount('notifications')).toBe(2)
    expect(hub.subscriberCount('metrics')).toBe(1)
    expect(hub.activeChannels).toEqual(['notifications', 'metrics'])
    page.stream.close()
    await vi.waitFor(() => expect(hub.activeChannels).toEqual(['notifications']))
  })
})

describe('the types of a contract', () => {
  it('check the payloads of a channel where it is published', async () => {
    interface AlertEvent {
      level: 'info' | 'warning' | 'error'
      message: string
      timestamp: number
    }
    const hub = createSSEHub({ channels: { alerts: eventTypes<{ alert: AlertEvent }>() } })
    hub.channel('alerts')
    const page = await follow(await serve(hub), ['alerts'])
    const alert: AlertEvent = { level: 'warning', message: 'High CPU usage', timestamp: Date.now() }
    await hub.to('alerts').send('alert', alert)
    expect(await page.next()).toEqual(['alert', alert])
    // @ts-expect-error: no level is that high.
    void hub.to('alerts').send('alert', { ...alert, level: 'fatal' })
  })
})

interface ChatMessage {
  id: string
  text: string
  senderId: string
}

describe('the live chat', () => {
  const rooms = new Map([['lobby', new Set(['ann', 'bob'])]])

  async function startChat() {
    const hub = createSSEHub({
      channels: {
        'chat/:roomId': eventTypes<{
          message: { id: string; text: string; sender: string }
          typing: { user: string }
        }>(),
      },
      context: (request) => ({ name: request.headers.get('authorization') ?? '' }),
      identify: ({ name }) => name,
    })
    hub.channel('chat/:roomId', {
      resolve: async ({ roomId }) => rooms.get(roomId),
      authorize: ({ name }, _params, members) => members.has(name),
    })
    const say = ({ id, text, senderId }: ChatMessage) =>
      hub.to('chat/lobby').except(senderId).send('message', { id, text, sender: senderId })
    return { url: await serve(hub), hub, say }
  }

  it('shows each message to every member but its sender', async () => {
    const { url, hub, say } = await startChat()
    const [ann, bob] = [await follow(url, ['chat/lobby'], 'ann'), await follow(url, ['chat/lobby'], 'bob')]
    await hub.to('chat/lobby').except('ann').send('typing', { user: 'ann' })
    await say({ id: '1', text: 'Hello everyone!', senderId: 'ann' })
    await say({ id: '2', text: 'Hello Ann!', senderId: 'bob' })
    expect(await bob.next()).toEqual(['typing', { user: 'ann' }])
    expect(await bob.next()).toEqual(['message', { id: '1', text: 'Hello everyone!', sender: 'ann' }])
    expect(await ann.next()).toEqual(['message', { id: '2', text: 'Hello Ann!', sender: 'bob' }])
  })

  it('has what was said meanwhile for a member that comes back, and never its own words', async () => {
    const { url, hub, say } = await startChat()
    const ann = await follow(url, ['chat/lobby'], 'ann')
    await say({ id: '1', text: 'Are you there?', senderId: 'bob' })
    expect(await ann.next()).toMatchObject(['message', { id: '1' }])
    const { lastEventId } = ann.stream
    ann.stream.close()
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
    await say({ id: '2', text: 'From my phone: yes.', senderId: 'ann' })
    await say({ id: '3', text: 'Good.', senderId: 'bob' })
    expect(lastEventId).not.toBe('')
    ann.stream.open()
    expect(await ann.next()).toMatchObject(['message', { id: '3' }])
  })

  it('is closed to strangers, and has no other room', async () => {
    const { url } = await startChat()
    const statusOf = async (room: string) => {
      const { response } = await server.follow(`${url}/_sse?channel=chat/${room}`, {
        headers: { authorization: 'eve' },
      })
      return response.status
    }
    expect(await statusOf('lobby')).toBe(403)
    expect(await statusOf('attic')).toBe(404)
  })
})

describe('the dashboard', () => {
  it('shows the metrics that an interval publishes, the last of them at once', async () => {
    let requests = 0
    const collectSystemMetrics = () => ({ cpu: 0.5, memory: 0.25, activeUsers: 3, rps: ++requests })
    const hub = createSSEHub()
    hub.channel('dashboard/metrics', { retain: 'last' })
    const url = await serve(hub)
    const interval = setInterval(() => {
      const { rps, ...metrics } = collectSystemMetrics()
      void hub.to('dashboard/metrics').data({ timestamp: 0, ...metrics, requestsPerSecond: rps })
    }, 5000)
    const page = await follow(url, ['dashboard/metrics'])
    for (let count = 1; count <= 3; count++) {
      vi.advanceTimersByTime(5000)
      expect(await page.next()).toEqual([
        'message',
        { timestamp: 0, cpu: 0.5, memory: 0.25, activeUsers: 3, requestsPerSecond: count },
      ])
    }
    clearInterval(interval)
    const late = await follow(url, ['dashboard/metrics'])
    expect(await late.next()).toMatchObject(['message', { requestsPerSecond: 3 }])
  })
})
