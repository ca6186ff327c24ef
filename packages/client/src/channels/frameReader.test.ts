import { describe, expect, it } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

/** What the last request for a stream has asked for. */
const asked = () => {
  const { url, lastEventId } = hub.transport.requests.at(-1) ?? { url: '', lastEventId: '' }
  const query = new URL(url, 'http://localhost').searchParams
  const of = (kind: string) => query.getAll(kind).join(' ')
  return { base: lastEventId, channel: of('channel'), since: of('since'), fresh: of('fresh') }
}

describe('an event', () => {
  it('reaches its channel alone', async () => {
    const [a, b] = [hub.follow('a'), hub.follow('b')]
    const { hub: says } = await hub.welcome()
    await says.event('a', 'x', 1)
    await says.event('b', 'constructor', 2)
    await says.event('c', 'x', 3)
    expect([a.log, b.log]).toEqual([
      ['open', 'x:1'],
      ['open', 'constructor:2'],
    ])
  })

  it('reaches nobody where it has no channel', async () => {
    const { log } = hub.follow('a')
    const connection = await hub.welcome()
    for (const name of ['a', 'ab', '#a', 'message', '']) await connection.event(name, 1)
    await connection.message(1)
    expect(log).toEqual(['open'])
  })

  it('of a channel that is named like a part of every object reaches that', async () => {
    const { log } = hub.follow('__proto__')
    const connection = await hub.transport.open()
    const hello = '{"v":1,"connection":"c","heartbeat":1000,"cursor":"test.0","channels":{"__proto__":"fresh"}}'
    await connection.event('sse.hello', hello, { id: 'test.0' })
    await connection.hub.event('__proto__', 'x', 1)
    expect(log).toEqual(['open', 'x:1'])
    hub.follow('constructor')
    const change = await hub.transport.change()
    expect(Object.entries(change.channels)).toEqual([
      ['__proto__', 'test.1'],
      ['constructor', null],
    ])
  })

  it('before the greeting is not of a hub, and an id before it means nothing', async () => {
    const { log } = hub.follow('a')
    const first = await hub.transport.open()
    await first.id('test.9')
    await first.hub.presence({ channel: 'a', count: 1, members: [] })
    await first.hub.end(['a'])
    await first.hub.hello({ id: 'test.0', cursor: 'test.0' })
    expect(log).toEqual(['open'])
    const second = await hub.lose(first)
    expect(asked()).toMatchObject({ base: 'test.0', channel: 'a' })
    await second.hub.event('a', 'x', 1)
    await second.closed
    expect(log).toEqual(['open'])
    expect(hub.told.at(-2)).toBe('error:disconnected')
  })

  it('is given once, also where it comes twice', async () => {
    const { log } = hub.follow('a')
    const { hub: says } = await hub.welcome()
    for (const id of ['test.1', 'test.1', 'test.2']) await says.event('a', 'x', id, { id })
    expect(log).toEqual(['open', 'x:"test.1"', 'x:"test.2"'])
  })

  it('that is too large is an error and a gap, once, and the next is given', async () => {
    hub.create({ maxEventSize: 200 })
    const { log } = hub.follow('a')
    const { hub: says } = await hub.welcome()
    for (const id of ['test.1', 'test.1']) await says.event('a', 'x', 'x'.repeat(200), { id })
    await says.event('a', 'x', 2, { id: 'test.2' })
    expect(log).toEqual(['open', 'error:too-large', 'gap:dropped', 'x:2'])
  })
})

describe('positions', () => {
  it('are those of the channels where the greeting goes back behind them', async () => {
    hub.follow('a')
    hub.follow('b')
    const first = await hub.welcome()
    await first.hub.event('a', 'x', 1, { id: 'test.1' })
    await first.hub.event('b', 'x', 2, { id: 'test.20' })
    const second = await hub.lose(first)
    await second.hub.hello({ id: 'test.5', cursor: 'test.30' })
    await second.hub.event('a', 'x', 3, { id: 'test.6' })
    await hub.lose(second)
    // `b` has had all up to 20, and the hub may not have it any more.
    expect(asked()).toEqual({ base: 'test.6', channel: '', since: 'test.20:a test.20:b', fresh: '' })
  })

  it('of fresh channels are known with the id after the retained values', async () => {
    const { log } = hub.follow('a')
    const first = await hub.transport.open()
    await first.hub.hello({ cursor: 'test.7', id: null })
    await first.hub.event('a', 'x', 'kept', { id: null })
    const second = await hub.lose(first)
    // What came after the greeting, and after the value, is lost.
    expect(asked()).toEqual({ base: '', channel: '', since: '-:a', fresh: '' })
    await second.hub.hello({ channels: { a: 'reset' }, cursor: 'test.7', id: null })
    await second.hub.event('a', 'x', 'kept', { id: null })
    await second.id('test.7')
    await hub.lose(second)
    expect(asked()).toEqual({ base: 'test.7', channel: 'a', since: '', fresh: '' })
    expect(log.filter((line) => line !== 'error:network')).toEqual([
      'open',
      'x:"kept"',
      'gap:reset',
      'open',
      'x:"kept"',
    ])
  })

  it('of channels that resume are not the base of before, while the one to come is not known', async () => {
    hub.follow('a')
    hub.follow('b')
    const first = await hub.welcome()
    await first.hub.event('a', 'x', 1, { id: 'test.9' })
    const late = hub.follow('c', { lastEventId: 'test.4' })
    const second = await hub.lose(first)
    await second.hub.hello({ id: null, cursor: 'test.9' })
    await second.hub.event('b', 'x', 'kept', { id: null })
    const third = await hub.lose(second)
    expect(asked()).toMatchObject({ base: 'test.9', channel: 'a b', since: 'test.4:c' })
    await third.hub.hello({ id: null, cursor: 'test.9' })
    late.subscription.close()
    expect(late.subscription.lastEventId).toBe('test.4')
  })

  it('of channels that join are those of their answer, and of what they catch up with', async () => {
    hub.follow('a')
    const { hub: says, ...connection } = await hub.welcome()
    hub.follow('b', { lastEventId: 'test.3' })
    await hub.transport.change()
    await says.event('a', 'x', 1, { id: 'test.10' })
    await says.catchup(['b'])
    await says.event('b', 'x', 4, { id: 'test.4' })
    await says.event('a', 'x', 2, { id: 'test.11' })
    await says.event('b', 'x', 5, { id: 'test.5' })
    const next = await hub.lose(connection as never)
    expect(asked()).toEqual({ base: 'test.11', channel: 'a', since: 'test.5:b', fresh: '' })
    await next.hub.hello({ id: 'test.5' })
    await next.id('test.12')
    hub.follow('c')
    await hub.transport.change()
    await next.hub.live(['c'], { cursor: 'test.15' })
    await hub.lose(next)
    expect(asked()).toEqual({ base: 'test.12', channel: 'a b', since: 'test.15:c', fresh: '' })
  })

  it('are not moved by the rest of a catch-up that nobody wants any more', async () => {
    hub.follow('a')
    const connection = await hub.welcome({ cursor: 'test.10' })
    const b = hub.follow('b', { lastEventId: 'test.3' })
    await hub.transport.change()
    await connection.hub.catchup(['b'])
    await connection.hub.event('b', 'x', 4, { id: 'test.4' })
    b.subscription.close()
    await connection.hub.event('b', 'x', 5, { id: 'test.5' })
    await hub.lose(connection)
    expect(asked()).toEqual({ base: 'test.10', channel: 'a', since: '', fresh: '' })
  })

  it('are not moved by a catch-up of what has ended before it began', async () => {
    hub.follow('a')
    const b = hub.follow('b')
    const connection = await hub.welcome({ cursor: 'test.1' })
    hub.follow('c')
    await hub.transport.change()
    await connection.hub.event('b', 'x', 'last', { id: 'test.9' })
    await connection.hub.end(['b'])
    expect(b.log.at(-1)).toBe('close:complete')
    await connection.hub.catchup(['b', 'c'])
    await connection.hub.event('b', 'x', 'last', { id: 'test.9' })
    await connection.hub.event('b', 'x', 'kept', { id: 'test.3' })
    await connection.hub.live(['b', 'c'], { cursor: 'test.9' })
    await hub.lose(connection)
    expect(asked().base).toBe('test.9')
  })

  it('are not moved by the rest of a catch-up that was asked for again', async () => {
    hub.follow('a')
    const connection = await hub.welcome({ cursor: 'test.10' })
    const first = hub.follow('b', { lastEventId: 'test.3' })
    await hub.transport.change()
    await connection.hub.catchup(['b'])
    await connection.hub.event('b', 'x', 4, { id: 'test.4' })
    first.subscription.close()
    const second = hub.follow('b')
    await connection.hub.event('b', 'x', 5, { id: 'test.5' })
    expect(second.log).toEqual([])
    await hub.pass()
    await connection.hub.catchup(['b'])
    await connection.hub.event('b', 'x', 5, { id: 'test.5' })
    await connection.hub.live(['b'], { cursor: 'test.10' })
    expect(second.log).toEqual(['x:5', 'open'])
    await hub.lose(connection)
    expect(asked()).toEqual({ base: 'test.10', channel: 'a b', since: '', fresh: '' })
  })

  it('that are gone are asked for again until there is another', async () => {
    hub.follow('a')
    const first = await hub.welcome()
    const { log } = hub.follow('b', { lastEventId: 'old.3' })
    await hub.transport.change()
    await first.hub.catchup(['b'], { reset: true })
    await first.hub.event('b', 'x', 'kept', { id: null })
    const second = await hub.lose(first)
    const [gone = ''] = asked().since.split(':')
    expect(gone).not.toMatch(/^test\./)
    await second.hub.hello({ channels: { b: 'reset' } })
    expect(log.filter((line) => !line.startsWith('error'))).toEqual(['gap:reset', 'x:"kept"', 'gap:reset', 'open'])
  })

  it('of a catch-up after a loss are those of its events, whatever was asked for', async () => {
    hub.follow('a')
    const connection = await hub.welcome({ cursor: 'test.8' })
    const { log } = hub.follow('b', { lastEventId: 'test.3000' })
    await hub.transport.change()
    await connection.hub.catchup(['b'], { reset: true })
    await connection.hub.event('b', 'x', 9, { id: 'test.9' })
    await connection.hub.event('b', 'x', 9, { id: 'test.9' })
    expect(log).toEqual(['gap:reset', 'x:9'])
    await hub.lose(connection)
    expect(asked().since).toBe('test.9:b')
  })

  it('that no hub has given are asked for as lost', async () => {
    const logs = ['', 'x', 'a:b', 'test.1\u0000', `${'x'.repeat(3000)}.1`].map(
      (lastEventId, index) => hub.follow(`c${index}`, { lastEventId }).log,
    )
    const connection = await hub.transport.open()
    expect(asked()).toMatchObject({ fresh: 'c0', channel: '' })
    const since = asked().since.split(' ')
    expect(since.map((text) => text.slice(text.indexOf(':') + 1))).toEqual(['c1', 'c2', 'c3', 'c4'])
    expect(asked().since.length).toBeLessThan(100)
    const lost = Object.fromEntries([1, 2, 3, 4].map((n) => [`c${n}`, 'reset' as const]))
    await connection.hub.hello({ channels: lost })
    const [none, ...others] = logs
    expect(none).toEqual(['open'])
    for (const log of others) expect(log).toEqual(['gap:reset', 'open'])
  })
})

describe('an answer', () => {
  it('to a change that was overtaken means nothing', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome({ cursor: 'test.5' })
    const first = hub.follow('b')
    expect((await hub.transport.change()).channels).toEqual({ a: 'test.5', b: null })
    first.subscription.close()
    const second = hub.follow('b')
    await says.live(['b'], { rev: 1 })
    await says.event('b', 'x', 1, { id: 'test.6' })
    expect(second.log).toEqual([])
    // Left once, and asked for again.
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    expect((await hub.transport.change()).channels).toMatchObject({ b: null })
    await says.denied(['b'], { rev: 1 })
    await says.live(['b'], { rev: 3 })
    expect(second.log).toEqual(['open'])
  })

  it('comes before anything of its channel', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    const b = hub.follow('b')
    await hub.transport.change()
    await says.event('b', 'x', 1)
    await says.reset(['b'])
    await says.presence({ channel: 'b', count: 1, joined: [{ id: 'ann' }], left: [] })
    await says.end(['b'])
    expect(b.log).toEqual([])
    expect(b.subscription.presence).toBeUndefined()
    await says.live(['b'])
    await says.event('b', 'x', 2)
    expect(b.log).toEqual(['open', 'x:2'])
  })

  it('tells once of what is gone', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    const b = hub.follow('b', { lastEventId: 'test.1' })
    await hub.transport.change()
    await says.catchup(['b'], { reset: true })
    await says.live(['b'], { reset: true })
    const c = hub.follow('c', { lastEventId: 'test.1' })
    await hub.transport.change()
    await says.live(['c'], { reset: true })
    expect([b.log, c.log]).toEqual([
      ['gap:reset', 'open'],
      ['gap:reset', 'open'],
    ])
  })
})

describe('a right that is lost', () => {
  it('ends the channel, and its position', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    const b = hub.follow('b')
    await hub.transport.change()
    await says.live(['b'])
    await says.event('b', 'x', 1)
    await says.revoked(['b', 'never asked for'])
    expect(b.log).toEqual(['open', 'x:1', 'error:revoked', 'close:revoked'])
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    b.subscription.open()
    expect((await hub.transport.change()).channels).toMatchObject({ b: null })
    await says.live(['b'])
    await says.event('b', 'x', 2)
    expect(b.log.slice(4)).toEqual(['open', 'x:2'])
  })

  it('voids the position of a channel that was left, too', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    const b = hub.follow('b')
    await hub.transport.change()
    await says.live(['b'])
    await says.event('b', 'x', 1)
    b.subscription.close()
    await says.revoked(['b'])
    const again = hub.follow('b')
    expect(again.subscription.data).toBeUndefined()
    await hub.transport.change()
    expect((await hub.transport.change()).channels).toMatchObject({ b: null })
  })

  it('that was lost and given back while the connection was lost is a gap', async () => {
    const { log } = hub.follow('a')
    const first = await hub.welcome()
    await first.hub.event('a', 'x', 1)
    const second = await hub.lose(first)
    await second.hub.hello({ channels: { a: 'fresh' } })
    expect(log).toEqual(['open', 'x:1', 'gap:reset', 'open'])
  })

  it('is asked for anew where it is not known what the hub made of the last change', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    const first = hub.follow('b')
    await hub.transport.change()
    // It was about the part before, or it is about this one: that cannot be told apart.
    await says.revoked(['b'])
    expect(first.log).toEqual(['error:revoked', 'close:revoked'])
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    const second = hub.follow('b')
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a', 'b'])
    await says.live(['b'])
    expect(second.log).toEqual(['open'])
  })

  it('is no reason to ask again for what the hub has never had', async () => {
    hub.follow('a')
    const b = hub.follow('b')
    await hub.welcome({ channels: { b: 'denied' } })
    expect(b.log).toEqual(['error:denied', 'close:denied'])
    await hub.pass()
    expect(hub.transport.changes).toEqual([])
  })

  it('may have been given back by a change that was under way, which the hub is told', async () => {
    hub.follow('a')
    const { hub: says } = await hub.welcome()
    hub.follow('b')
    await hub.transport.change()
    await says.denied(['b'])
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    await hub.pass()
    expect(hub.transport.changes).toHaveLength(2)
  })
})

describe('what callbacks do in the middle of a greeting', () => {
  it('subscribes to the same channel, and hears once that it is open', async () => {
    let inner: ReturnType<typeof hub.follow> | undefined
    const a = hub.follow('a', { onOpen: () => void (inner ??= hub.follow('a')) })
    const b = hub.follow('b', { onOpen: () => void (inner ??= hub.follow('a')) })
    await hub.welcome()
    await hub.pass()
    expect([a.log, b.log, inner?.log]).toEqual([['open'], ['open'], ['open']])
  })

  it('closes a channel, which begins anew where that was fresh', async () => {
    hub.follow('b')
    const first = await hub.welcome()
    await first.hub.event('b', 'x', 1, { id: 'test.5' })
    const a = hub.follow('a', { onOpen: () => a.subscription.close() })
    const second = await hub.lose(first)
    await second.hub.hello({ cursor: 'test.20', id: 'test.20' })
    await hub.pass()
    hub.follow('a')
    const { channels } = await hub.transport.change()
    expect(channels['a'] === null || channels['a'] === 'test.20').toBe(true)
  })

  it('closes all, and begins anew', async () => {
    let next: ReturnType<typeof hub.follow> | undefined
    hub.follow('secret', {
      onClose() {
        hub.client.close()
        next ??= hub.follow('a')
      },
    })
    hub.follow('a')
    const first = await hub.transport.open()
    await first.hub.hello({ channels: { secret: 'denied' } })
    expect(next?.log).toEqual([])
    expect(hub.client.connected).toBe(false)
    await first.closed
    const second = await hub.welcome()
    expect(next?.log).toEqual(['open'])
    await second.hub.event('a', 'x', 1)
    expect(next?.log).toEqual(['open', 'x:1'])
    expect(hub.told).toEqual(['connected', 'disconnected', 'connected'])
  })

  it('subscribes to another, which is asked for by a change', async () => {
    let inner: ReturnType<typeof hub.follow> | undefined
    hub.follow('a', { onOpen: () => void (inner ??= hub.follow('b')) })
    const { hub: says } = await hub.welcome({ channels: { b: 'fresh' } })
    expect(inner?.log).toEqual([])
    expect((await hub.transport.change()).channels).toMatchObject({ b: null })
    await says.live(['b'])
    expect(inner?.log).toEqual(['open'])
  })
})
