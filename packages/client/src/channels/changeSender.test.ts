import type { SSEClientOptions } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

/** A client that takes part in `a`, and is greeted. */
async function begin(options?: SSEClientOptions) {
  if (options) hub.create(options)
  const a = hub.follow('a')
  return { a, connection: await hub.welcome() }
}

/** Hands requests for streams on, and changes to somebody else. */
const onChange =
  (change: (init: RequestInit) => Promise<Response>): typeof fetch =>
  (input, init = {}) =>
    init.method === 'POST' ? change(init) : hub.transport.fetch(input, init)

const never = () => new Promise<never>(() => {})

describe('a change of the set', () => {
  it('is one for all that happens in a turn, and one for all that happens while it is under way', async () => {
    await begin()
    const answer = Promise.withResolvers<number>()
    hub.answers = [answer.promise]
    hub.follow('b')
    hub.follow('c').subscription.close()
    hub.follow('d')
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a', 'b', 'd'])
    for (const name of ['e', 'f']) hub.follow(name)
    await hub.pass(100)
    expect(hub.transport.changes).toHaveLength(1)
    answer.resolve(204)
    const { rev, channels } = await hub.transport.change()
    expect([rev, Object.keys(channels)]).toEqual([2, ['a', 'b', 'd', 'e', 'f']])
  })

  it('goes where streams go, with what they have', async () => {
    const options: SSEClientOptions = {
      url: '/hub',
      headers: async () => ({ authorization: 'Bearer 1', 'content-type': 'text/plain' }),
      credentials: 'include',
      resolveURL: (url) => `${url}?signed`,
    }
    const seen: RequestInit[] = []
    const spy: typeof fetch = (input, init = {}) => {
      seen.push(init)
      return hub.transport.fetch(input, init)
    }
    await begin({ ...options, fetch: spy })
    hub.follow('b')
    const { url, headers } = await hub.transport.change()
    expect(url).toBe('/hub?signed')
    expect(headers.get('authorization')).toBe('Bearer 1')
    expect(headers.get('content-type')).toBe('application/json')
    expect(seen.at(-1)?.credentials).toBe('include')
    expect(hub.transport.requests[0]?.url).toMatch(/^\/hub\?signed&v=1&origin=/)
  })

  it.each([401, 403, 404, 405, 408, 415, 500, 200])('is asked for by a new connection after %i', async (status) => {
    const { a, connection } = await begin()
    hub.answers = [status]
    const b = hub.follow('b')
    const opening = hub.transport.open()
    await hub.pass()
    const next = await opening
    expect(connection.isOpen).toBe(false)
    expect(next.request.url).toMatch(/channel=a&fresh=b$/)
    await next.hub.hello()
    expect(a.log).toEqual(['open', 'open'])
    expect(b.log).toEqual(['open'])
    // A hub that does not know the connection is nothing unusual.
    const failures = hub.told.filter((line) => line.startsWith('error'))
    expect(failures).toEqual(status === 404 ? [] : [`error:${status === 200 ? 'content-type' : 'http-status'}`])
  })

  it('is not asked for again and again', async () => {
    await begin()
    hub.answers = Array<number>(100).fill(500)
    // More than one address holds.
    const names = Array.from({ length: 12 }, (_, index) => `${index}`.padEnd(250, 'x'))
    for (const name of [...names, ...names.map((name) => `y${name}`)]) hub.follow(name.slice(0, 250))
    const until = Date.now() + 60_000
    let connections = 0
    const isOver = () => Date.now() >= until
    while (!isOver()) {
      const waiting = hub.transport.requests.find(({ isPending }) => isPending)
      if (waiting) {
        connections++
        await (await waiting.open()).hub.hello()
      }
      await hub.pass(50)
    }
    expect(connections).toBeGreaterThan(3)
    expect(connections).toBeLessThan(20)
  })

  it('waits for as long as the hub asks for', async () => {
    const { connection } = await begin({
      fetch: onChange(async () => new Response(null, { status: 429, headers: { 'Retry-After': '7' } })),
    })
    hub.follow('b')
    await hub.pass(6900)
    expect(connection.isOpen).toBe(true)
    await hub.pass(200)
    expect(connection.isOpen).toBe(false)
    await hub.welcome()
    hub.client.close()
  })

  it('waits no longer than an hour, whatever the hub asks for', async () => {
    await begin({
      heartbeat: false,
      fetch: onChange(async () => new Response(null, { status: 429, headers: { 'Retry-After': '1000000000' } })),
    })
    hub.follow('b')
    await hub.pass(3_599_000)
    expect(hub.transport.requests).toHaveLength(1)
    await hub.pass(2000)
    expect(hub.transport.requests).toHaveLength(2)
  })

  it.each([400, 413])('that is refused with %i ends what is new in it, and nothing else', async (status) => {
    const { a, connection } = await begin()
    hub.answers = [204, status]
    const b = hub.follow('b')
    await hub.transport.change()
    await connection.hub.live(['b'])
    const [c, d] = [hub.follow('c'), hub.follow('d')]
    b.subscription.close()
    await hub.transport.change()
    await hub.pass()
    for (const { log, subscription } of [c, d]) {
      expect(log).toEqual(['error:http-status', 'close:fatal'])
      expect(subscription.error).toMatchObject({ status })
    }
    // What was left has to be said all the same.
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    await hub.pass(50_000)
    expect(hub.transport.changes).toHaveLength(3)
    expect(a.log).toEqual(['open'])
    const e = hub.follow('e')
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a', 'e'])
    await connection.hub.live(['e'])
    expect(e.log).toEqual(['open'])
  })

  describe('that nobody will ever take, of more channels than an address holds,', () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(250, 'x'))

    /** Follows them all, and answers each change so. Returns those that the address has left out. */
    async function beginMany(status: number) {
      hub.answers = Array<number>(100).fill(status)
      const followed = names.map((name) => hub.follow(name))
      const connection = await hub.welcome()
      const isNamed = (name: string) => connection.request.url.includes(name)
      await hub.pass()
      return {
        connection,
        named: followed.filter((_, index) => isNamed(names[index] ?? '')),
        others: followed.filter((_, index) => !isNamed(names[index] ?? '')),
      }
    }

    it.each([405, 415, 410, 200])('ends those with %i, and nothing else', async (status) => {
      const { connection, named, others } = await beginMany(status)
      const code = status === 200 ? 'content-type' : 'http-status'
      expect(others.length).toBeGreaterThan(0)
      for (const { log, subscription } of others) {
        expect(log).toEqual([`error:${code}`, 'close:fatal'])
        expect(subscription.error).toMatchObject({ status })
      }
      expect(hub.told).toEqual(['connected', `error:${code}`])
      await hub.pass(50_000)
      expect(hub.transport.changes).toHaveLength(1)
      expect(hub.transport.requests.filter(({ method }) => method === 'GET')).toHaveLength(1)
      await connection.hub.event(names[0] ?? '', 'x', 1)
      for (const { log } of named) expect(log[0]).toBe('open')
      expect(named.flatMap(({ log }) => log.slice(1))).toEqual(['x:1'])
    })

    it.each([401, 403])('ends those with %i that a new connection has not mended', async (status) => {
      await beginMany(status)
      await hub.welcome()
      await hub.pass(50_000)
      expect(hub.transport.changes).toHaveLength(2)
      expect(hub.told.filter((line) => line === 'connected')).toHaveLength(2)
      expect(hub.client.status).toBe('open')
    })

    it.each([404, 500])('asks again after %i, and shows why they wait, and that they are lost', async (status) => {
      const { named, others } = await beginMany(status)
      const all = [...named, ...others].map(({ subscription }) => subscription)
      // Each opening asks for others first.
      const findLost = () => all.find((one) => one.status === 'connecting' && one.getSnapshot().isLost)
      const until = Date.now() + 300_000
      while (!findLost() && Date.now() < until) {
        const waiting = hub.transport.requests.find(({ isPending }) => isPending)
        if (waiting) await (await waiting.open()).hub.hello()
        await hub.pass(50)
      }
      expect(findLost()?.getSnapshot()).toMatchObject({ status: 'connecting', isLost: true, error: { status } })
      expect(all.filter(({ status }) => status === 'closed')).toEqual([])
    })
  })

  it('that only leaves is said by a new connection where it is refused', async () => {
    const { connection } = await begin()
    const b = hub.follow('b')
    await hub.transport.change()
    await connection.hub.live(['b'])
    hub.answers = [400]
    b.subscription.close()
    const opening = hub.transport.open()
    await hub.pass()
    expect((await opening).request.url).not.toContain('=b')
  })

  it.each([
    ['fetch', { fetch: onChange(never) }],
    ['headers', { headers: () => (hub.client.connected ? never() : {}) }],
    ['resolveURL', { resolveURL: (url: string) => (hub.client.connected ? never() : url) }],
  ])('is given up after ten seconds where `%s` does not answer', async (_, options) => {
    const { connection } = await begin(options)
    hub.follow('b')
    await hub.pass(9900)
    expect(connection.isOpen).toBe(true)
    const opening = hub.transport.open()
    await hub.pass(200)
    expect((await opening).request.url).toContain('fresh=b')
    expect(hub.told).toContain('error:timeout')
  })

  it('is as good as lost where it fails before it is sent', async () => {
    let isBroken = false
    const failure = new Error('no token')
    const onError = vi.fn()
    await begin({
      onError,
      headers() {
        if (!isBroken) return {}
        isBroken = false
        throw failure
      },
    })
    isBroken = true
    const b = hub.follow('b')
    await hub.pass()
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'headers', cause: failure }))
    const opening = hub.welcome()
    await hub.pass(1)
    await opening
    expect(b.log).toEqual(['open'])
  })

  it('is not sent on a connection that is over', async () => {
    const { connection } = await begin()
    await connection.drop()
    hub.follow('b')
    const opening = hub.transport.open()
    await hub.pass(1)
    expect((await opening).request.url).toContain('fresh=b')
    expect(hub.transport.changes).toEqual([])
  })

  it('has no answer to wait for once its connection is over', async () => {
    const { connection } = await begin()
    const answer = Promise.withResolvers<number>()
    hub.answers = [answer.promise]
    hub.follow('b')
    await hub.transport.change()
    const next = await hub.lose(connection)
    await next.hub.hello()
    hub.follow('c')
    expect(await hub.transport.change()).toMatchObject({ rev: 1, connection: next.hub.connection })
    answer.resolve(500)
    await hub.pass(20_000)
    expect(next.isOpen).toBe(true)
  })
})

describe('the address', () => {
  it('is no longer than servers take, whatever the names', async () => {
    for (let index = 0; index < 60; index++) hub.follow(`${index}/${'€'.repeat(80)}`)
    const { request, ...connection } = await hub.transport.open()
    expect(request.url.length).toBeLessThan(6000)
    await connection.hub.hello()
    const { channels } = await hub.transport.change()
    expect(Object.keys(channels)).toHaveLength(60)
  })

  it('leaves room for other headers where there are many channels with short names', async () => {
    for (let index = 0; index < 2000; index++) hub.follow(`${index}`)
    const { request } = await hub.transport.open()
    expect(request.url.length).toBeLessThan(6000)
  })

  it('leaves channels out that keep their positions', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(250, 'x'))
    for (const name of names) hub.follow(name)
    const first = await hub.welcome()
    await hub.transport.change()
    await first.hub.live(names, { cursor: 'test.0' })
    await first.hub.event(names[0] ?? '', 'x', 1, { id: 'test.1' })
    const second = await hub.lose(first)
    const left = names.filter((name) => !second.request.url.includes(name))
    expect(left.length).toBeGreaterThan(0)
    await second.hub.hello({ id: 'test.1', cursor: 'test.9' })
    await second.hub.event(names[0] ?? '', 'x', 9, { id: 'test.9' })
    const { channels } = await hub.transport.change()
    // While they were away, something may have been published there.
    expect(left.map((name) => channels[name])).toEqual(left.map(() => 'test.1'))
  })

  it('begins with what is given, and has no fragment', async () => {
    for (const [url, expected] of [
      ['/hub', '/hub?v=1'],
      ['/hub?a=1', '/hub?a=1&v=1'],
      ['/hub#there', '/hub?v=1'],
      [new URL('https://example.com/hub?a=1#there'), 'https://example.com/hub?a=1&v=1'],
    ] as const) {
      hub.create({ url })
      hub.follow('a')
      const { request } = await hub.transport.open()
      expect(request.url.startsWith(expected)).toBe(true)
      expect(request.url).not.toContain('#')
      hub.client.close()
    }
  })
})

describe('what takes long before a request', () => {
  it.each(['headers', 'resolveURL'] as const)(
    '`%s`: means nothing once another attempt has got through',
    async (name) => {
      const waiting: PromiseWithResolvers<unknown>[] = []
      const wait = () => {
        const one = Promise.withResolvers<unknown>()
        waiting.push(one)
        return one.promise
      }
      const value = name === 'headers' ? {} : '/_sse'
      hub.create({ [name]: wait })
      const { log } = hub.follow('a')
      await hub.pass()
      hub.client.reconnect()
      await hub.pass()
      expect(waiting).toHaveLength(2)
      waiting[1]?.resolve(value)
      const { hub: says } = await hub.welcome()
      waiting[0]?.resolve(value)
      await hub.pass()
      await says.event('a', 'x', 1)
      expect(log).toEqual(['open', 'x:1'])
      expect(hub.client.connected).toBe(true)
      expect(hub.told).toEqual(['connected'])
    },
  )
})

describe('ten thousand channels', () => {
  it('are asked for by one address and one change', { timeout: 20_000 }, async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `orders/${index}`)
    const start = performance.now()
    const followed = names.map((name) => hub.client.subscribe(name))
    const { hub: says } = await hub.welcome()
    const { channels } = await hub.transport.change()
    expect(Object.keys(channels)).toHaveLength(10_000)
    await says.live(names)
    expect(followed.every(({ status }) => status === 'open')).toBe(true)
    for (const one of followed) one.close()
    await hub.pass()
    expect(hub.transport.changes).toHaveLength(1)
    expect(hub.client.status).toBe('idle')
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
