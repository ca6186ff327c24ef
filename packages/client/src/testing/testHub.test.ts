import { createSSEClient, type SSEClient } from '@tidewire/client'
import { createTestTransport, type TestConnection, type TestTransport } from '@tidewire/client/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

let transport: TestTransport
let client: SSEClient

beforeEach(() => {
  vi.useFakeTimers()
  transport = createTestTransport()
  client = createSSEClient({ fetch: transport.fetch })
})

afterEach(async () => {
  client.close()
  await transport.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** Follows a channel, and writes down what comes of it. */
function follow(name: string) {
  const log: string[] = []
  const subscription = client.subscribe(name, {
    onEvent: ({ event, data, id }) => log.push(`${event} ${JSON.stringify(data)} ${id}`),
    onGap: ({ reason }) => log.push(`gap ${reason}`),
    onOpen: () => log.push('open'),
    onClose: (reason) => log.push(`close ${reason}`),
    onPresence: ({ count }) => log.push(`presence ${count}`),
  })
  return { subscription, log }
}

/** Opens a connection of a client, as a hub does. */
async function welcome(): Promise<TestConnection> {
  const connection = await transport.open()
  await connection.hub.hello()
  return connection
}

describe('the hub of a connection', () => {
  it('welcomes a client as it has asked', async () => {
    const { log } = follow('orders/42')
    const connection = await transport.open()
    expect(client.connected).toBe(false)
    await connection.hub.hello()
    expect(client).toMatchObject({ connected: true, connectionId: connection.hub.connection })
    await connection.hub.event('orders/42', 'updated', { title: 'A lamp' })
    await connection.hub.event('orders/7', 'updated', 'not asked for')
    await connection.hub.event('orders/42', 'updated', 'as text')
    expect(log).toEqual(['open', 'updated {"title":"A lamp"} test.1', 'updated "as text" test.3'])
  })

  it('lets a client resume', async () => {
    const { log } = follow('a')
    const first = await welcome()
    await first.hub.event('a', 'e', 1)
    await first.drop()
    await vi.advanceTimersByTimeAsync(1000)
    const second = await transport.open()
    expect(second.request.url).toContain('channel=a')
    expect(second.request.lastEventId).toBe('test.1')
    await second.hub.hello()
    await second.hub.event('a', 'e', 2)
    expect(log).toEqual(['open', 'e 1 test.1', 'open', 'e 2 test.2'])
  })

  it('refuses a channel alone, and takes one back', async () => {
    const [a, b] = [follow('a'), follow('b')]
    const connection = await transport.open()
    await connection.hub.hello({ channels: { b: 'denied' } })
    expect(b.subscription).toMatchObject({ status: 'closed', closeReason: 'denied' })
    expect(a.subscription.status).toBe('open')
    await connection.hub.revoked(['a'])
    expect(a.subscription).toMatchObject({ status: 'closed', closeReason: 'revoked' })
  })

  it('tells of what is lost', async () => {
    const { log } = follow('a')
    const connection = await welcome()
    await connection.hub.reset(['a'], { id: 'test.7' })
    await connection.hub.event('a', 'e', 1)
    await connection.drop()
    await vi.advanceTimersByTimeAsync(1000)
    const second = await transport.open()
    expect(second.request.lastEventId).toBe('test.8')
    // Another life of the log.
    await second.hub.hello({ channels: { a: 'reset' }, cursor: 'other.3' })
    await second.hub.event('a', 'e', 2)
    expect(log.filter((line) => line !== 'open')).toEqual(['gap reset', 'e 1 test.8', 'gap reset', 'e 2 other.4'])
  })

  it('ends a channel, and tells who is there', async () => {
    const { subscription, log } = follow('a')
    const connection = await welcome()
    await connection.hub.presence({ channel: 'a', count: 1, members: [{ id: 'm1' }] })
    await connection.hub.presence({ channel: 'a', count: 2, joined: [{ id: 'm2' }], left: [] })
    await connection.hub.end(['a'])
    expect(subscription.closeReason).toBe('complete')
    expect(log).toEqual(['open', 'presence 1', 'presence 2', 'close complete'])
  })

  it('keeps a client to the heartbeat that it has promised', async () => {
    const { subscription } = follow('a')
    const connection = await transport.open()
    await connection.hub.hello({ heartbeat: 100 })
    await vi.advanceTimersByTimeAsync(200)
    expect(subscription).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
    expect(connection.isOpen).toBe(false)
  })
})

describe('a change of the set', () => {
  it('is recorded, and answered with 204', async () => {
    follow('a')
    const connection = await welcome()
    await connection.hub.event('a', 'e', 1)
    const { subscription, log } = follow('b')
    const change = await transport.change()
    expect(change).toMatchObject({
      url: '/_sse',
      method: 'POST',
      connection: connection.hub.connection,
      rev: 1,
      channels: { a: 'test.1', b: null },
    })
    expect(transport.changes).toEqual([change])
    expect(transport.requests).toHaveLength(1)
    await connection.hub.live(['b'])
    expect(subscription.status).toBe('open')
    await connection.hub.event('b', 'e', 2)
    expect(log).toEqual(['open', 'e 2 test.2'])
  })

  it('lets a channel catch up', async () => {
    follow('a')
    const connection = await welcome()
    const { log } = follow('b')
    await transport.change()
    await connection.hub.event('b', 'e', 'not yet')
    await connection.hub.catchup(['b'], { reset: true })
    await connection.hub.event('b', 'e', 'retained', { id: null })
    await connection.hub.event('b', 'e', 'missed')
    await connection.hub.live(['b'])
    expect(log.filter((line) => line.startsWith('e'))).toEqual([
      expect.stringContaining('"retained"'),
      expect.stringContaining('"missed" test.2'),
    ])
    expect(log).toContain('gap reset')
  })

  it('can be refused', async () => {
    follow('a')
    const connection = await welcome()
    const { subscription } = follow('b')
    await transport.change()
    await connection.hub.denied(['b'])
    expect(subscription.closeReason).toBe('denied')
  })

  it('has the answer that a test gives', async () => {
    const onChange = vi.fn(() => 404)
    transport = createTestTransport({ onChange })
    client.close()
    client = createSSEClient({ fetch: transport.fetch })
    follow('a')
    const connection = await welcome()
    follow('b')
    const change = await transport.change()
    expect(onChange).toHaveBeenCalledExactlyOnceWith(change)
    // The hub does not know the connection: the client makes a new one.
    const opening = transport.open()
    await vi.advanceTimersByTimeAsync(1000)
    const { request } = await opening
    expect(connection.isOpen).toBe(false)
    expect(request.url).toContain('fresh=b')
  })

  it('fails where the answer throws', async () => {
    transport = createTestTransport({
      onChange() {
        throw new TypeError('no network')
      },
    })
    const body = JSON.stringify({ connection: 'c', rev: 1, channels: {} })
    await expect(transport.fetch('/_sse', { method: 'POST', body })).rejects.toThrow('no network')
    expect(transport.changes).toHaveLength(1)
  })

  it('is told apart from a request for a stream', async () => {
    for (const body of ['{"prompt":"hello"}', '{"connection":1,"rev":1,"channels":{}}', 'null', 'text']) {
      void transport.fetch('/', { method: 'POST', body })
    }
    expect(await transport.request(({ body }) => body === 'text')).toBeDefined()
    expect(transport.requests).toHaveLength(4)
    expect(transport.changes).toEqual([])
  })
})

describe('a plain reader of a hub', () => {
  /** What is sent to one, up to here. */
  async function textOf(url: string, say: (connection: TestConnection) => void): Promise<string> {
    const response = transport.fetch(url)
    const opening = transport.open()
    const reading = (await response).text()
    const connection = await opening
    say(connection)
    await connection.end()
    return reading
  }

  it('gets plain names for one channel, and qualified ones for several', async () => {
    const say = ({ hub }: TestConnection) => void hub.event('a', 'e', 1)
    expect(await textOf('/?channel=a', say)).toBe('event: e\nid: test.1\ndata: 1\n\n')
    expect(await textOf('/?channel=a&channel=b', say)).toBe('event: a#e\nid: test.2\ndata: 1\n\n')
    expect(await textOf('/?v=1&fresh=a', say)).toBe('event: a#e\nid: test.3\ndata: 1\n\n')
  })

  it('is welcomed by what it has said of itself', async () => {
    const hello = ({ hub }: TestConnection) => void hub.hello()
    const welcomeOf = async (url: string) => {
      const text = await textOf(url, hello)
      const { channels, cursor } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as Record<string, unknown>
      return { channels, cursor, id: /^id: (.*)$/m.exec(text)?.[1] }
    }
    expect(await welcomeOf('/?channel=a')).toEqual({ channels: { a: 'fresh' }, cursor: 'test.0', id: 'test.0' })
    await textOf('/', ({ hub }) => void hub.event('a', 'e', 1, { id: 'test.9' }))
    expect(await welcomeOf('/?channel=a&lastEventId=test.7&since=test.5:b&fresh=c')).toEqual({
      channels: { a: 'resumed', b: 'resumed', c: 'fresh' },
      cursor: 'test.9',
      id: 'test.5',
    })
    expect(await welcomeOf('/?channel=a&lastEventId=old.7')).toEqual({
      channels: { a: 'resumed' },
      cursor: 'test.9',
      id: 'test.9',
    })
  })
})
