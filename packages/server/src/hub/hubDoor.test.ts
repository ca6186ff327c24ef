import { describe, expect, it, vi } from 'vitest'
import { at, get, join, open, post, throwing, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'

describe('the path', () => {
  it('is the only one that is answered, in one spelling', async () => {
    const { hub } = useHub({}, 'news')
    for (const path of ['/', '/_sse/', '/x/_sse', '/%5Fsse', '/_SSE']) {
      const { status, headers } = await hub.fetch(new Request(`http://a${path}?channel=news`))
      expect([path, status]).toEqual([path, 404])
      expect(headers.get('cache-control')).toBe('no-store')
    }
    await join(hub, '?channel=news')
  })

  it('is any where the option is false', async () => {
    const { hub } = useHub({ path: false }, 'news')
    const response = await hub.fetch(new Request('http://a/what/ever?channel=news'))
    expect(response.status).toBe(200)
    await response.body?.cancel()
  })

  it('may hold any character, as its request spells it', async () => {
    const { hub } = useHub({ path: '/événements' }, 'news')
    const response = await hub.fetch(new Request('http://a/événements?channel=news'))
    expect(response.status).toBe(200)
    await response.body?.cancel()
  })
})

describe('the method', () => {
  it.for(['PUT', 'DELETE', 'PATCH'])('%s is refused with those that are allowed', async (method) => {
    const { hub } = useHub({}, 'news')
    const response = await hub.fetch(new Request(at('?channel=news'), { method }))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
  })

  it('HEAD gets the head that GET would get, and takes no place', async () => {
    const { hub } = useHub({ limits: { maxConnections: 1 } }, 'news')
    for (let i = 0; i < 3; i++) {
      const response = await hub.fetch(new Request(at('?channel=news'), { method: 'HEAD' }))
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(response.body).toBeNull()
    }
    expect(hub.connectionCount).toBe(0)
    const refused = await hub.fetch(new Request(at('?channel=none'), { method: 'HEAD' }))
    expect(refused.status).toBe(404)
  })
})

describe('the context', () => {
  it('is made once for each request, with what the runtime gives beside it', async () => {
    const context = vi.fn((request: Request, platform: unknown) => ({ url: request.url, platform }))
    const { hub } = useHub({ context })
    hub.channel('news', ({ url, platform }) => url.includes('?channel') && platform === 'env')
    const response = await hub.fetch(new Request(at('?channel=news')), 'env')
    expect(response.status).toBe(200)
    expect(context).toHaveBeenCalledOnce()
    await response.body?.cancel()
  })

  it.for(['GET', 'POST'])('answers a %s by throwing a response', async (method) => {
    const unauthorized = () => new Response('who?', { status: 401, headers: { 'www-authenticate': 'Bearer' } })
    const { hub, errors } = useHub({ context: throwing(unauthorized) }, 'news')
    const response =
      method === 'GET'
        ? await get(hub, '?channel=news')
        : await post(hub, { connection: 'a', rev: 1, channels: { news: null } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.text()).toBe('who?')
    expect(errors).toEqual([])
  })

  it.for(['context', 'identify', 'expiresAt', 'address'])(
    'answers by a response that `%s` throws again and again',
    async (name) => {
      const constant: unknown = new Response('who?', { status: 401, headers: { 'www-authenticate': 'Bearer' } })
      const { hub } = useHub(
        {
          [name]: () => {
            throw constant
          },
          cors: 'https://a.example',
        },
        'news',
      )
      const headers = { origin: 'https://a.example' }
      for (let i = 0; i < 3; i++) {
        const response = await get(hub, '?channel=news', headers)
        expect([response.status, await response.text()]).toEqual([401, 'who?'])
        expect(response.headers.get('vary')).toBe('Origin')
      }
      const change = await post(hub, { connection: 'a', rev: 1, channels: {} }, headers)
      expect(change.status).toBe(name === 'context' || name === 'identify' ? 401 : 404)
    },
  )

  it('answers by the status alone of a response that was read elsewhere', async () => {
    const spent = new Response('who?', { status: 401 })
    await spent.text()
    const { hub } = useHub({ context: throwing(() => spent) }, 'news')
    const response = await get(hub, '?channel=news')
    expect([response.status, await response.text()]).toEqual([401, ''])
  })

  it('answers by a response that is thrown again for as long as anybody likes, read or not', async () => {
    const constant = new Response('who?', { status: 401 })
    const { hub } = useHub({ context: throwing(() => constant) }, 'news')
    for (let i = 0; i < 10_000; i++) await get(hub, '?channel=news')
    expect(await (await get(hub, '?channel=news')).text()).toBe('who?')
  })

  it.for([
    ['bytes', () => new Response(new Uint8Array([0, 255, 128]), { status: 401 }), 3],
    ['an empty body', () => new Response('', { status: 401 }), 0],
    ['no body', () => new Response(null, { status: 304 }), 0],
    ['a body that is too large', () => new Response('x'.repeat(300_000), { status: 401 }), 0],
    [
      'a body that fails',
      () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('no')) }), { status: 401 }),
      0,
    ],
  ] as const)('answers by a response with %s', async ([, make, size]) => {
    const constant = make()
    const { hub } = useHub({ context: throwing(() => constant) }, 'news')
    for (let i = 0; i < 2; i++) {
      const response = await get(hub, '?channel=news')
      expect(response.status).toBe(constant.status)
      expect((await response.arrayBuffer()).byteLength).toBe(size)
    }
  })

  it.for(['GET', 'POST'])('that hangs ends a %s with 503 after its time, and `onError` hears', async (method) => {
    const { hub, errors } = useHub({ context: () => new Promise(() => {}), limits: { authorizeTimeout: 10 } }, 'news')
    const response =
      method === 'GET'
        ? await get(hub, '?channel=news')
        : await post(hub, { connection: 'a', rev: 1, channels: { news: null } })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-5]$/)])
    expect(errors).toMatchObject([['context', { code: 'context' }]])
  })

  it('answers by throwing a response whose headers are not to be changed', async () => {
    const { hub } = useHub({ context: throwing(() => Response.redirect('http://a/login')) }, 'news')
    const response = await get(hub, '?channel=news')
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://a/login'])
  })

  it('fails the request with what it throws', async () => {
    const failure = new Error('no database')
    const { hub } = useHub({ context: () => Promise.reject(failure) }, 'news')
    await expect(get(hub, '?channel=news')).rejects.toBe(failure)
  })
})

describe('the identity', () => {
  it.for([7, {}, true])('is a string, or the request fails: %s', async (identity) => {
    const { hub } = useHub({ identify: () => identity as never }, 'news')
    await expect(get(hub, '?channel=news')).rejects.toThrow('Expected `identify` to return a string or undefined, got')
  })

  it('is nobody in particular where it is null', async () => {
    const { hub } = useHub({ identify: () => null as never, limits: { maxConnectionsPerIdentity: 1 } }, 'news')
    await join(hub, '?channel=news')
    await join(hub, '?channel=news')
    expect(hub.inspect().connections.map(({ identity }) => identity)).toEqual([undefined, undefined])
  })
})

describe('credentials', () => {
  it('that are past are refused at once', async () => {
    for (const expiry of [0, Date.now() - 1, new Date(0), -1]) {
      const { hub } = useHub({ expiresAt: () => expiry }, 'news')
      const response = await get(hub, '?channel=news')
      expect([expiry, response.status]).toEqual([expiry, 401])
    }
  })

  it.for([Number.NaN, new Date('rubbish'), '2030-01-01', {}])(
    'whose end makes no sense are a mistake, not an endless life: %s',
    async (expiry) => {
      const { hub } = useHub({ expiresAt: () => expiry as never }, 'news')
      await expect(get(hub, '?channel=news')).rejects.toThrow('Expected `expiresAt` to return a Date')
    },
  )

  it.for([undefined, null, Infinity])('without an end last: %s', async (expiry) => {
    const { hub } = useHub({ expiresAt: () => expiry as never, heartbeat: 5 }, 'news')
    const reader = await join(hub, '?channel=news')
    await vi.waitFor(() => expect(reader.text().length).toBeGreaterThan(0))
    await hub.to('news').send('a', 1)
    expect(await reader.next()).toMatchObject({ event: 'a' })
  })

  it.for([true, false])('end the response when they expire, whether it revalidates (%s) or not', async (revalidate) => {
    const { hub } = useHub({ expiresAt: () => new Date(Date.now() + 30), heartbeat: 10, revalidate }, 'news')
    const reader = await join(hub, '?channel=news')
    expect(await reader.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'expired' } }])
    expect(hub.connectionCount).toBe(0)
  })

  it('last as long as they were to, though the clock jumps', async () => {
    const { hub } = useHub({ expiresAt: () => Date.now() + 60_000, heartbeat: 5 }, 'news')
    const reader = await join(hub, '?channel=news')
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    try {
      await new Promise((resolve) => setTimeout(resolve, 30))
      await hub.to('news').send('a', 1)
      expect(await reader.next()).toMatchObject({ event: 'a' })
    } finally {
      now.mockRestore()
    }
  })
})

describe('the channels', () => {
  it.for([
    ['none', ''],
    ['an empty one', '?channel='],
    ['a number sign', '?channel=a%23b'],
    ['a control character', '?channel=a%00b'],
    ['another control character', '?channel=a%C2%85b'],
    ['an empty segment', '?channel=a//b'],
    ['a slash at its end', '?channel=a/'],
    ['a percent sign that encodes nothing', '?channel=a%25zz'],
    ['lower case', '?channel=a%252f'],
    ['an encoded letter', '?channel=%2561'],
    ['what is no UTF-8', '?channel=a%25FF'],
    ['a name that is too long', `?channel=${'x'.repeat(257)}`],
    ['a megabyte', `?channel=${'x'.repeat(1_000_000)}`],
    ['a long name in UTF-8', `?channel=${'é'.repeat(129)}`],
    ['one good and one bad name', '?channel=news&channel=a%23b'],
    ['the same of a managed reader', '?v=1&channel=news&fresh=a%23b'],
    ['a position without a name', '?v=1&since=e.1'],
    ['a position with an empty name', '?v=1&since=e.1:'],
    ['only what a managed reader may say', '?fresh=news'],
  ])('are refused with 400 for %s, shortly', async ([, query = '']) => {
    const { hub } = useHub({}, 'news', ':a', ':a/:b')
    const response = await get(hub, query)
    expect(response.status).toBe(400)
    expect((await response.text()).length).toBeLessThan(200)
  })

  it.for([
    ['a letter of another alphabet', 'é'],
    ['an emoji', '😀'],
    ['a space', 'a b'],
    ['an encoded slash', 'a%2Fb'],
    ['dots', '..'],
    ['a prototype', '__proto__'],
    ['a colon', 'a:b'],
  ])('may be named by %s', async ([, name = '']) => {
    const { hub } = useHub({}, ':name')
    const reader = await join(hub, `?v=1&channel=${encodeURIComponent(name)}`)
    expect(Object.entries(reader.hello.channels)).toEqual([[name, 'fresh']])
    expect(hub.activeChannels).toEqual([name])
    await hub.to(name).send('a', 1)
    expect(await reader.next()).toMatchObject({ event: `${name}#a`, data: 1 })
  })

  it('that are named twice count once', async () => {
    const { hub } = useHub({ limits: { maxChannels: 1 } }, 'news')
    await join(hub, '?channel=news&channel=news')
    expect(hub.subscriberCount('news')).toBe(1)
  })

  it('are as many as the limit says', async () => {
    const { hub } = useHub({ limits: { maxChannels: 2 } }, ':a')
    await join(hub, '?channel=a&channel=b')
    const response = await get(hub, '?channel=a&channel=b&channel=c')
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('at most 2 channels, got 3')
  })

  it('are refused fast, however many', async () => {
    const { hub } = useHub({}, ':a')
    const query = Array.from({ length: 100_000 }, (_, i) => `channel=${i}`).join('&')
    const before = performance.now()
    expect((await get(hub, `?${query}`)).status).toBe(400)
    expect(performance.now() - before).toBeLessThan(2_000)
  })

  it('that no pattern fits are 404, those of a wrong depth too', async () => {
    const { hub } = useHub({}, 'orders/:id')
    for (const name of ['orders', 'orders/1/items', 'other/1']) {
      expect((await get(hub, `?channel=${name}`)).status).toBe(404)
      expect((await get(hub, `?v=1&channel=${name}`)).status).toBe(404)
    }
  })
})

describe('authorization', () => {
  it.for<[string, unknown]>([
    ['false', false],
    ['nothing', undefined],
    ['1', 1],
    ["'yes'", 'yes'],
    ['an object', { admin: true }],
    ['a promise of an object', Promise.resolve({})],
  ])('lets nobody in by %s', async ([, answer]) => {
    const { hub } = useHub()
    hub.channel('secret', () => answer as boolean)
    const response = await get(hub, '?channel=secret')
    expect(response.status).toBe(403)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await get(hub, '?v=1&channel=secret')).status).toBe(403)
    expect(hub.inspect().counters.refused).toBe(2)
  })

  it('refuses a plain reader all, and a managed one only what it may not have', async () => {
    const { hub } = useHub({}, 'news')
    hub.channel('secret', () => false)
    expect((await get(hub, '?channel=news&channel=secret')).status).toBe(403)
    expect((await get(hub, '?channel=news&channel=none')).status).toBe(404)
    const response = await get(hub, '?channel=news&channel=secret&channel=none')
    expect([response.status, await response.text()]).toEqual([
      403,
      'Not allowed: ["secret"]. There is no such channel: ["none"].\n',
    ])
    expect(await (await get(hub, '?channel=secret')).text()).toBe('Not allowed: ["secret"].\n')
    expect(await (await get(hub, '?channel=none')).text()).toBe('There is no such channel: ["none"].\n')
    const { hello } = await join(hub, '?v=1&channel=news&channel=secret&channel=none')
    expect(hello.channels).toEqual({ news: 'fresh', secret: 'denied', none: 'denied' })
    expect(hub.activeChannels).toEqual(['news'])
  })

  it('that throws is a denial, told to `onError` and to nobody else', async () => {
    const { hub, errors } = useHub()
    const cause = new Error('password is hunter2')
    hub.channel('secret', () => {
      throw cause
    })
    const response = await get(hub, '?channel=secret')
    expect(response.status).toBe(403)
    expect(await response.text()).not.toContain('hunter2')
    expect(errors).toEqual([['authorize', expect.objectContaining({ code: 'authorize', cause })]])
  })

  it('that hangs is a denial after its time', async () => {
    const { hub, errors } = useHub({ limits: { authorizeTimeout: 10 } })
    hub.channel('secret', () => new Promise(() => {}))
    expect((await get(hub, '?channel=secret')).status).toBe(403)
    expect(errors).toEqual([['authorize', expect.objectContaining({ code: 'authorize' })]])
  })

  it('sees the parameters as they were parsed, and what was found for them', async () => {
    const { hub } = useHub({ context: () => ({ user: 'ann' }) })
    const authorize = vi.fn<(...args: unknown[]) => boolean>(() => true)
    hub.channel('orders/:id', {
      params: schema((params) => ({ value: { id: Number((params as { id: string }).id) } })),
      resolve: ({ id }) => ({ owner: id }),
      authorize,
    })
    await join(hub, '?channel=orders/42')
    expect(authorize).toHaveBeenCalledExactlyOnceWith({ user: 'ann' }, { id: 42 }, { owner: 42 })
  })

  it('is not asked where nothing is found: 404', async () => {
    const { hub } = useHub()
    const authorize = vi.fn(() => true)
    hub.channel('a/:id', { resolve: () => null, authorize })
    hub.channel('b/:id', { resolve: async () => undefined, authorize })
    expect((await get(hub, '?channel=a/1')).status).toBe(404)
    expect((await get(hub, '?channel=b/1')).status).toBe(404)
    expect(authorize).not.toHaveBeenCalled()
  })

  it('is not asked for parameters that their schema refuses: 404', async () => {
    const { hub } = useHub()
    hub.channel('orders/:id', { params: schema(() => ({ issues: [{ message: 'no number' }] })) })
    expect((await get(hub, '?channel=orders/x')).status).toBe(404)
    expect(() => hub.to('orders/x')).toThrow(TypeError)
  })

  it('is denied by a schema that throws or is async, which is a mistake to be told of', async () => {
    const { hub, errors } = useHub({}, 'news')
    hub.channel('a/:id', { params: schema(() => Promise.resolve({ value: {} }) as never) })
    hub.channel('b/:id', {
      params: schema(() => {
        throw new Error('bad regex')
      }),
    })
    expect((await get(hub, '?channel=a/1')).status).toBe(403)
    expect((await get(hub, '?channel=b/1')).status).toBe(403)
    expect(errors.map(([stage, { cause }]) => [stage, String(cause)])).toEqual([
      ['authorize', expect.stringContaining('TypeError: Expected the schema of `params` to be synchronous')],
      ['authorize', 'Error: bad regex'],
    ])
    expect(() => hub.to('a/1')).toThrow(TypeError)
  })

  it('is asked again with the heartbeat: a managed reader loses the channel, and that alone', async () => {
    const { hub } = useHub({ heartbeat: 5 }, 'news')
    let may = true
    hub.channel('secret', () => may)
    const reader = await join(hub, '?v=1&channel=news&channel=secret')
    may = false
    expect(await reader.next()).toEqual({ event: 'sse.revoked', data: { channels: ['secret'] } })
    expect(hub.activeChannels).toEqual(['news'])
    expect(hub.inspect().counters.revoked).toBe(1)
    await hub.to('secret', 'news').send('a', 1)
    expect(await reader.next()).toMatchObject({ event: 'news#a' })
  })

  it('is asked again with the heartbeat: a plain reader is sent away, and refused when it returns', async () => {
    const { hub } = useHub({ heartbeat: 5 })
    let may = true
    hub.channel('secret', () => may)
    const reader = await join(hub, '?channel=secret')
    may = false
    expect(await reader.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'revoked' } }])
    expect((await get(hub, '?channel=secret')).status).toBe(403)
  })

  it('is not asked again while it is still thinking', async () => {
    const { hub } = useHub({ heartbeat: 2 })
    const authorize = vi.fn<() => boolean | Promise<boolean>>(() => true)
    hub.channel('slow', authorize)
    await join(hub, '?channel=slow')
    authorize.mockImplementation(() => new Promise(() => {}))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(2))
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(authorize).toHaveBeenCalledTimes(2)
  })

  it('is not asked again where that is switched off', async () => {
    const { hub } = useHub({ heartbeat: 2, revalidate: false })
    const authorize = vi.fn(() => true)
    hub.channel('news', authorize)
    const reader = await join(hub, '?channel=news')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await hub.to('news').send('a', 1)
    await reader.next()
    expect(authorize).toHaveBeenCalledOnce()
  })
})

describe('a position', () => {
  it.for([
    ['of another log', 'other.1'],
    ['that is no id of a hub', '42'],
    ['from the future', 'FUTURE'],
    ['with a sign', 'EPOCH.-1'],
    ['with a leading zero', 'EPOCH.00'],
    ['beyond all integers', 'EPOCH.99999999999999999999'],
  ])('%s is a reset, said in `sse.hello`', async ([, id = '']) => {
    const { hub } = useHub({}, 'news')
    const { id: last } = await hub.to('news').send('a', 1)
    const epoch = last.slice(0, last.lastIndexOf('.'))
    const given = id.replace('EPOCH', epoch).replace('FUTURE', `${epoch}.1000`)
    for (const reader of [
      await join(hub, '?channel=news', { 'last-event-id': given }),
      await join(hub, `?channel=news&lastEventId=${given}`),
      await join(hub, `?v=1&since=${given}:news`),
    ]) {
      expect(reader.hello).toMatchObject({ channels: { news: 'reset' }, cursor: last })
    }
  })

  it.for([
    ['empty', ''],
    ['of a megabyte', 'x'.repeat(1_000_000)],
  ])('that is %s is none', async ([, id = '']) => {
    const { hub } = useHub({}, 'news')
    const { hello } = await join(hub, '?channel=news', { 'last-event-id': id })
    expect(hello.channels).toEqual({ news: 'fresh' })
  })

  it('is that of the header, before that of the query', async () => {
    const { hub } = useHub({}, 'news')
    const { id } = await hub.to('news').send('a', 1)
    const { hello } = await join(hub, '?channel=news&lastEventId=x.1', { 'last-event-id': id })
    expect(hello.channels).toEqual({ news: 'resumed' })
  })

  it('replaces no authorization', async () => {
    const { hub } = useHub()
    hub.channel('secret', () => false)
    const { id } = await hub.to('secret').send('a', 1)
    expect((await get(hub, '?channel=secret', { 'last-event-id': id })).status).toBe(403)
    expect((await get(hub, `?v=1&since=${id}:secret`)).status).toBe(403)
  })
})

it('names nobody in an id that a reader makes up', async () => {
  const { hub } = useHub({}, 'news')
  for (const origin of ['', 'a b', '<script>', 'x'.repeat(65)]) {
    await join(hub, `?v=1&channel=news&origin=${encodeURIComponent(origin)}`)
  }
  await join(hub, '?v=1&channel=news&origin=tab-1_a')
  expect(hub.inspect().connections.map(({ origin }) => origin)).toEqual([
    ...Array<undefined>(4).fill(undefined),
    'tab-1_a',
  ])
})

it('begins a response when it is read, and forgets one that is left before', async () => {
  const { hub } = useHub({}, 'news')
  const reader = await open(hub, '?channel=news')
  await reader.leave()
  await turn()
  expect(hub.connectionCount).toBe(0)
})

function schema<T>(validate: (value: unknown) => { value: T } | { issues: { message: string }[] }) {
  return { '~standard': { version: 1 as const, vendor: 'test', validate } }
}
