import { eventTypes } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { number } from '../../test/schemas.ts'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

describe('a client', () => {
  it('does nothing until it is needed', () => {
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
      throw new Error('Not at module level.')
    })
    const client = hub.create()
    expect(client).toMatchObject({ status: 'idle', connected: false, connectionId: undefined })
    random.mockRestore()
    expect(client.origin).toMatch(/^[\w-]{20,64}$/)
    expect(client.headers()).toEqual({ 'Tidewire-Origin': client.origin })
    expect(hub.create().origin).not.toBe(client.origin)
    expect(hub.transport.requests).toEqual([])
  })

  it('says its origin with every stream', async () => {
    hub.follow('a')
    const first = await hub.welcome()
    const { request } = await hub.lose(first)
    for (const { url } of [first.request, request]) expect(url).toContain(`origin=${hub.client.origin}&`)
  })

  it('has nothing to connect for without a channel', async () => {
    hub.client.open()
    hub.client.reconnect()
    hub.client.resume()
    await hub.pass(1000)
    expect(hub.transport.requests).toEqual([])
    expect(hub.client.status).toBe('idle')
  })

  it('cannot be made to ask for something else', async () => {
    const open = hub.client.open as (request: object) => void
    hub.follow('a')
    hub.client.close()
    hub.follow('a')
    open({ method: 'POST', body: 'x', lastEventId: 'x' })
    const { request } = await hub.transport.open()
    expect(request).toMatchObject({ method: 'GET', lastEventId: '' })
  })

  it('rests until it is told to go on, whatever is followed meanwhile', async () => {
    hub.client.pause()
    const { subscription } = hub.follow('a')
    await hub.pass(1000)
    expect(hub.transport.requests).toEqual([])
    expect([hub.client.status, subscription.status]).toEqual(['paused', 'paused'])
    hub.client.resume()
    const connection = await hub.welcome()
    hub.client.pause()
    expect(hub.client).toMatchObject({ status: 'paused', connected: false, connectionId: undefined })
    subscription.close()
    const again = hub.follow('a')
    await hub.pass(1000)
    await connection.closed
    expect(again.subscription.status).toBe('paused')
    hub.client.reconnect()
    await hub.welcome()
    expect(again.log).toEqual(['open'])
    expect(hub.told).toEqual(['connected', 'disconnected', 'connected'])
  })

  it('goes on for nobody but who has paused it', async () => {
    const { subscription } = hub.follow('a')
    await hub.welcome()
    hub.client.pause()
    subscription.reconnect()
    subscription.pause()
    subscription.reconnect()
    subscription.close()
    subscription.reconnect()
    hub.client.open()
    await hub.pass(1000)
    expect([hub.client.status, subscription.status]).toEqual(['paused', 'paused'])
    expect(hub.transport.requests).toHaveLength(1)
    hub.client.resume()
    await hub.welcome()
    expect(subscription.status).toBe('open')
  })

  it('tells of its connection whoever listens, and whoever of them fails', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const fail = () => {
      throw new Error('mine')
    }
    hub.create({
      async onError() {
        return fail()
      },
    })
    hub.client.on('connected', fail)
    hub.client.on('disconnected', fail)
    const heard: unknown[] = []
    const off = hub.client.on('reconnecting', (info) => heard.push(info))
    hub.client.on('connected', () => heard.push('connected'))
    const { log } = hub.follow('a')
    const second = await hub.lose(await hub.welcome())
    await second.hub.hello()
    off()
    await hub.lose(second)
    expect(heard).toEqual(['connected', { attempt: 1, delay: 1 }, 'connected'])
    expect(log).toEqual(['open', 'open'])
    expect(report).toHaveBeenCalledTimes(6)
    report.mockRestore()
  })

  it('begins anew after its end', async () => {
    hub.follow('a')
    await hub.welcome()
    hub.client.close()
    hub.client.close()
    expect(hub.client.status).toBe('closed')
    const { log } = hub.follow('a')
    await hub.welcome()
    expect(log).toEqual(['open'])
    expect(hub.told).toEqual(['connected', 'disconnected', 'connected'])
  })

  it('ends what was followed, and not what is followed in answer to that', async () => {
    const again: ReturnType<typeof hub.follow>[] = []
    hub.follow('a', { onClose: () => again.push(hub.follow('b')) })
    const b = hub.follow('b')
    await hub.welcome()
    hub.client.close()
    expect(b.log).toEqual(['open', 'close:manual'])
    expect(again).toHaveLength(1)
    await hub.welcome()
    expect(again[0]?.log).toEqual(['open'])
  })

  it('gives up for good after ten attempts', async () => {
    for (const retry of [undefined, {}, { maxAttempts: undefined }]) {
      hub.create({ retry: { delay: 1, jitter: 'none', ...retry } })
      const { log } = hub.follow('a')
      const before = hub.transport.requests.length
      for (let count = 0; count < 11; count++) {
        await hub.transport.fail()
        await hub.pass(60)
      }
      expect(hub.transport.requests.length - before).toBe(11)
      expect(log).toEqual(['error:network', 'close:fatal'])
      expect(hub.client.status).toBe('closed')
    }
  })
})

describe('a request that is refused', () => {
  it.each([
    [400, 'fatal'],
    [403, 'denied'],
    [404, 'fatal'],
  ])('with %i ends what was asked for, and nothing else', async (status, reason) => {
    const secret = hub.follow('secret')
    const request = await hub.transport.request()
    const news = hub.follow('news')
    await request.refuse(status)
    expect(secret.log.at(-1)).toBe(`close:${reason}`)
    expect(secret.subscription.error).toMatchObject({ status })
    const next = await hub.transport.open()
    expect(next.request.url).toMatch(/origin=\w+&fresh=news$/)
    await next.hub.hello()
    expect(news.log).toEqual(['open'])
  })

  it('ends the client where there is nothing else', async () => {
    const { subscription, log } = hub.follow('secret')
    await hub.transport.refuse(403)
    expect(log).toEqual(['error:http-status', 'close:denied'])
    expect(subscription).toMatchObject({ status: 'closed', closeReason: 'denied' })
    expect(hub.client.status).toBe('closed')
  })

  it.each([401, 204])('with %i ends all', async (status) => {
    const a = hub.follow('a')
    const request = await hub.transport.request()
    const b = hub.follow('b')
    await request.refuse(status)
    expect(a.subscription.status).toBe('closed')
    expect(b.subscription.status).toBe('closed')
  })

  it('with 401 is tried again with new credentials', async () => {
    const renew = vi.fn()
    hub.create({ onUnauthorized: renew })
    const { log } = hub.follow('a')
    await hub.transport.refuse(401)
    await hub.welcome()
    expect(renew).toHaveBeenCalledOnce()
    expect(log).toEqual(['open'])
  })
})

describe('a contract', () => {
  const channels = {
    'orders/:id': { updated: number, removed: eventTypes<{ id: string }>() },
    news: eventTypes<{ message: string }>(),
  }

  it('checks what comes, and hands out what its schemas give', async () => {
    hub.create({ channels })
    const unknown: string[] = []
    const { log, subscription } = hub.follow('orders/42', { onUnknownEvent: ({ event }) => void unknown.push(event) })
    const { hub: says } = await hub.welcome()
    await says.event('orders/42', 'updated', '7')
    await says.event('orders/42', 'updated', 'seven')
    await says.event('orders/42', 'removed', { id: 42 })
    await says.event('orders/42', 'added', 1)
    await says.event('orders/42', 'constructor', 1)
    expect(log).toEqual(['open', 'updated:7', 'error:invalid-event', 'gap:dropped', 'removed:{"id":42}'])
    expect(subscription).toMatchObject({ data: { id: 42 }, lastEventId: 'test.5' })
    expect(unknown).toEqual(['added', 'constructor'])
  })

  it('tells of a refused payload who comes back', async () => {
    hub.create({ channels, linger: 1000 })
    const first = hub.follow('orders/42')
    const { hub: says } = await hub.welcome()
    first.subscription.close()
    await says.event('orders/42', 'updated', 'seven')
    const { log } = hub.follow('orders/42')
    await hub.pass()
    expect(log).toEqual(['gap:dropped', 'open'])
  })

  it('refuses other names', () => {
    hub.create({ channels })
    const expected = 'Expected the name of a channel that fits a pattern of the contract (orders/:id, news), got'
    for (const name of ['orders', 'orders/1/2', 'new', 'orders/', '', 'orders/a#b', 7, undefined, null, {}]) {
      expect(() => hub.follow(name as string)).toThrow(TypeError)
      expect(() => hub.follow(name as string)).toThrow(expected)
    }
    hub.create()
    for (const name of ['', 'a//b', 'a#b', 'a%2f', 'x'.repeat(257), undefined]) {
      expect(() => hub.follow(name as string)).toThrow(TypeError)
    }
    expect(() => hub.follow('x'.repeat(1_000_000))).toThrow(/^Expected the name of a channel, got .{0,100}$/)
    expect(() => hub.create({ channels: { 'a/:b': {}, 'a/:c': {} } })).toThrow(TypeError)
  })
})
