import { describe, expect, it, vi } from 'vitest'
import { at, get, join, post, useHub } from '../../test/hubReader.ts'

const USER = 'x-user'
const byUser = {
  context: (request: Request) => request.headers.get(USER) ?? undefined,
  identify: (user: string | undefined) => user,
}

describe('a change of the set', () => {
  it('adds and takes away channels, by naming the whole set', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a&channel=b')
    const { connection } = reader.hello
    expect((await post(hub, { connection, rev: 1, channels: { b: null, c: null } })).status).toBe(204)
    expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['c'], rev: 1 } })
    expect(hub.activeChannels.toSorted()).toEqual(['b', 'c'])
    await hub.to('a', 'b', 'c').send('x', 1)
    expect(await reader.next()).toMatchObject({ event: 'b#x' })
    expect(await reader.next()).toMatchObject({ event: 'c#x' })
  })

  it('to nothing leaves a connection that is there for more', async () => {
    const { hub } = useHub({ heartbeat: 5 }, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    const { connection } = reader.hello
    expect((await post(hub, { connection, rev: 1, channels: {} })).status).toBe(204)
    expect(hub.activeChannels).toEqual([])
    expect(hub.connectionCount).toBe(1)
    await post(hub, { connection, rev: 2, channels: { b: null } })
    expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['b'], rev: 2 } })
  })

  it('is told what is denied, unknown or not found', async () => {
    const { hub } = useHub({}, 'news')
    hub.channel('secret', () => false)
    hub.channel('orders/:id', { resolve: () => null })
    const reader = await join(hub, '?v=1&channel=news')
    const { connection } = reader.hello
    const channels = { news: null, secret: null, none: null, 'orders/1': 'e.1' }
    expect((await post(hub, { connection, rev: 3, channels })).status).toBe(204)
    const event = await reader.next()
    expect(event).toMatchObject({ event: 'sse.denied', data: { rev: 3 } })
    const { channels: denied } = Object(event?.data) as { channels: string[] }
    expect(denied.toSorted()).toEqual(['none', 'orders/1', 'secret'])
    expect(hub.activeChannels).toEqual(['news'])
  })

  it('is ignored with a rev that is not above the last', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    const { connection } = reader.hello
    await post(hub, { connection, rev: 5, channels: { a: null, b: null } })
    expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['b'] } })
    for (const rev of [5, 4, 1]) expect((await post(hub, { connection, rev, channels: {} })).status).toBe(204)
    expect(hub.activeChannels.toSorted()).toEqual(['a', 'b'])
  })

  it('gives way to the next, though the first is still being decided about', async () => {
    const { hub } = useHub({}, 'news')
    const first = Promise.withResolvers<boolean>()
    const authorize = vi.fn<() => boolean | Promise<boolean>>(() => true).mockReturnValueOnce(first.promise)
    hub.channel('slow', authorize)
    const reader = await join(hub, '?v=1&channel=news')
    const { connection } = reader.hello
    await post(hub, { connection, rev: 1, channels: { news: null, slow: null } })
    await post(hub, { connection, rev: 2, channels: { news: null } })
    await post(hub, { connection, rev: 3, channels: { news: null, slow: null } })
    expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['slow'], rev: 3 } })
    first.resolve(false)
    await hub.to('slow').send('x', 1)
    expect(await reader.next()).toMatchObject({ event: 'slow#x' })
  })

  it('adds and takes away the same channel as fast as it likes, and ends with what it asked for last', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    const { connection } = reader.hello
    for (let rev = 1; rev <= 101; rev++) {
      await post(hub, { connection, rev, channels: rev % 2 ? { a: null, b: null } : { a: null } })
    }
    let event = await reader.next()
    while (event && (event.data as { rev?: number }).rev !== 101) event = await reader.next()
    expect(event).toMatchObject({ event: 'sse.live', data: { channels: ['b'] } })
    await hub.to('a', 'b').send('x', 1)
    expect([await reader.next(), await reader.next()]).toMatchObject([{ event: 'a#x' }, { event: 'b#x' }])
    expect(hub.subscriberCount('b')).toBe(1)
  })

  it('takes names such as __proto__ for names', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    const body = `{"connection":"${reader.hello.connection}","rev":1,"channels":{"__proto__":null,"constructor":null}}`
    expect((await post(hub, body)).status).toBe(204)
    expect(await reader.next()).toMatchObject({ data: { channels: ['__proto__', 'constructor'] } })
    expect(hub.activeChannels.toSorted()).toEqual(['__proto__', 'constructor'])
  })

  it('is denied by a schema that throws, and brings nobody down', async () => {
    const { hub, errors } = useHub({}, 'news')
    const validate = () => {
      throw new Error('bad regex')
    }
    hub.channel('b/:id', { params: { '~standard': { version: 1, vendor: 'test', validate } } })
    const reader = await join(hub, '?v=1&channel=news')
    const { connection } = reader.hello
    expect((await post(hub, { connection, rev: 1, channels: { news: null, 'b/1': null } })).status).toBe(204)
    expect(await reader.next()).toEqual({ event: 'sse.denied', data: { channels: ['b/1'], rev: 1 } })
    expect(errors).toHaveLength(1)
  })

  it('is decided for whom the connection was opened for', async () => {
    const { hub } = useHub({
      context: (request) => ({ user: request.headers.get(USER), method: request.method }),
      identify: ({ user }) => user ?? undefined,
    })
    const authorize = vi.fn<(context: unknown) => boolean>(() => true)
    hub.channel(':a', authorize)
    const { hello } = await join(hub, '?v=1&channel=a', { [USER]: 'ann' })
    await post(hub, { connection: hello.connection, rev: 1, channels: { b: null } }, { [USER]: 'ann' })
    const opener = { user: 'ann', method: 'GET' }
    expect(authorize.mock.calls.map(([context]) => context)).toEqual([opener, opener])
  })
})

describe('who may change a set', () => {
  it('is only whose connection it is; of others it is not said that there is one', async () => {
    const { hub } = useHub(byUser, ':a')
    const { hello } = await join(hub, '?v=1&channel=a', { [USER]: 'ann' })
    const change = { connection: hello.connection, rev: 1, channels: {} }
    const answers = await Promise.all([
      post(hub, change, { [USER]: 'bob' }),
      post(hub, change),
      post(hub, { ...change, connection: crypto.randomUUID() }, { [USER]: 'ann' }),
    ])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(new Set(texts).size).toBe(1)
    expect(hub.subscriberCount('a')).toBe(1)
    expect((await post(hub, change, { [USER]: 'ann' })).status).toBe(204)
    expect(hub.subscriberCount('a')).toBe(0)
  })

  it('is nobody for a plain reader', async () => {
    const { hub } = useHub({}, ':a')
    const { hello } = await join(hub, '?channel=a')
    expect((await post(hub, { connection: hello.connection, rev: 1, channels: {} })).status).toBe(404)
  })

  it('is nobody once the connection has ended', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    hub.disconnect({ id: reader.hello.connection })
    expect((await post(hub, { connection: reader.hello.connection, rev: 1, channels: {} })).status).toBe(404)
    await hub.close()
    expect((await post(hub, { connection: reader.hello.connection, rev: 1, channels: {} })).status).toBe(404)
  })
})

describe('a body', () => {
  it.for([undefined, 'text/plain', 'application/jsonx', 'application/x-www-form-urlencoded', 'text/json'])(
    'of the type %s is refused: a page of another origin may send it unasked',
    async (type) => {
      const { hub } = useHub({}, ':a')
      const body = new TextEncoder().encode('{}')
      const headers = type === undefined ? undefined : { 'content-type': type }
      const response = await hub.fetch(new Request(at(), { method: 'POST', body, ...(headers && { headers }) }))
      expect(response.status).toBe(415)
    },
  )

  it.for(['application/json; charset=utf-8', 'APPLICATION/JSON'])('may be of the type %s', async (type) => {
    const { hub } = useHub({}, ':a')
    expect((await post(hub, '{}', { 'content-type': type })).status).toBe(400)
  })

  it.for([
    '',
    '{',
    'null',
    '[]',
    '1',
    '"a"',
    '{}',
    '{"connection":1,"rev":1,"channels":{}}',
    '{"connection":"a","rev":0,"channels":{}}',
    '{"connection":"a","rev":-1,"channels":{}}',
    '{"connection":"a","rev":1.5,"channels":{}}',
    '{"connection":"a","rev":"1","channels":{}}',
    '{"connection":"a","rev":1e300,"channels":{}}',
    '{"connection":"a","rev":1}',
    '{"connection":"a","rev":1,"channels":null}',
    '{"connection":"a","rev":1,"channels":"a"}',
    '{"connection":"a","rev":1,"channels":["e.1"]}',
    '{"connection":"a","rev":1,"channels":{"a":1}}',
    '{"connection":"a","rev":1,"channels":{"a":{}}}',
    '{"connection":"a","rev":1,"channels":{"":null}}',
    '{"connection":"a","rev":1,"channels":{"a#b":null}}',
    '{"connection":"a","rev":1,"channels":{"a//b":null}}',
    '{"connection":"a","rev":1,"channels":{"a\\u0000":null}}',
    '{"connection":"a","rev":1,"channels":{"\\ud800":null}}',
    '['.repeat(100_000),
  ])('that says nothing is refused: %s', async (body) => {
    const { hub, errors } = useHub({}, ':a')
    const response = await post(hub, body)
    expect(response.status).toBe(400)
    expect((await response.text()).length).toBeLessThan(200)
    expect(errors).toEqual([])
  })

  it('may name no more channels than a connection may have', async () => {
    const { hub } = useHub({}, ':a')
    const { hello } = await join(hub, '?v=1&channel=a')
    const channels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, null]))
    const response = await post(hub, { connection: hello.connection, rev: 1, channels })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('at most 100 channels, got 10000')
    expect(hub.activeChannels).toEqual(['a'])
  })

  it('may not be large', async () => {
    const { hub } = useHub({}, ':a')
    expect((await post(hub, `{"a":"${'x'.repeat(1_000_000)}"}`)).status).toBe(413)
  })

  it('that has no end is not read to its end', async () => {
    const { hub } = useHub({}, ':a')
    let pulled = 0
    const cancelled = vi.fn()
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(1024))
      },
      cancel: cancelled,
    })
    const headers = { 'content-type': 'application/json' }
    const response = await hub.fetch(
      new Request(at(), { method: 'POST', body, headers, duplex: 'half' } as RequestInit),
    )
    expect(response.status).toBe(413)
    expect(cancelled).toHaveBeenCalledOnce()
    expect(pulled).toBeLessThan(300)
  })

  it('that does not go on is waited for no longer than 10 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { hub } = useHub({}, ':a')
      const cancelled = vi.fn()
      const body = new ReadableStream<Uint8Array>({ cancel: cancelled })
      const headers = { 'content-type': 'application/json' }
      const answer = hub.fetch(new Request(at(), { method: 'POST', body, headers, duplex: 'half' } as RequestInit))
      await vi.advanceTimersByTimeAsync(9_999)
      expect(cancelled).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect((await answer).status).toBe(408)
      expect(cancelled).toHaveBeenCalledOnce()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('that breaks off is refused, and is no failure of the hub', async () => {
    const { hub, errors } = useHub({}, ':a')
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('reset')) })
    const headers = { 'content-type': 'application/json' }
    const response = await hub.fetch(
      new Request(at(), { method: 'POST', body, headers, duplex: 'half' } as RequestInit),
    )
    expect(response.status).toBe(400)
    expect(errors).toEqual([])
  })
})

it('is not decided about in a hub that has no such channel pattern at all', async () => {
  const { hub } = useHub()
  expect((await get(hub, '?v=1&channel=a')).status).toBe(404)
  expect((await post(hub, { connection: 'a', rev: 1, channels: { a: null } })).status).toBe(404)
})
