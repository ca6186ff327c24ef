import { describe, expect, it, vi } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

const sum = (total: unknown, { data }: { data: unknown }) => (Number(total) || 0) + Number(data)

/** Channels that are live on a connection whose base is `test.10`. */
async function begin(...names: string[]) {
  const followed = names.map((name) => hub.follow(name))
  return { followed, connection: await hub.welcome({ cursor: 'test.10' }) }
}

describe('a part that rests', () => {
  it('leaves its channel at once, and resumes where it was', async () => {
    hub.create({ linger: 1000 })
    const { connection } = await begin('a')
    const { subscription, log } = hub.follow('b')
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1)
    subscription.pause()
    expect(subscription).toMatchObject({ status: 'paused', lastEventId: 'test.11' })
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['a'])
    await connection.hub.event('b', 'x', 2)
    await connection.hub.event('a', 'x', 3)
    subscription.resume()
    expect((await hub.transport.change()).channels).toMatchObject({ b: 'test.11' })
    await connection.hub.catchup(['b'])
    await connection.hub.event('b', 'x', 2, { id: 'test.12' })
    await connection.hub.live(['b'])
    expect(log).toEqual(['open', 'x:1', 'x:2', 'open'])
    expect(subscription.data).toBe(2)
  })

  it('is told that it has missed what others had meanwhile, and shows what they show', async () => {
    const { connection } = await begin('a')
    const [one, other] = [1, 2].map(() => hub.follow('b', { reduce: sum, recent: 9 }))
    if (!one || !other) throw new Error('Two were to follow.')
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1)
    one.subscription.pause()
    await connection.hub.event('b', 'x', 2)
    await connection.hub.reset(['b'])
    one.subscription.resume()
    await hub.pass()
    await connection.hub.event('b', 'x', 3)
    expect(one.log).toEqual(['open', 'x:1', 'gap:reset', 'open', 'x:3'])
    expect(other.log).toEqual(['open', 'x:1', 'x:2', 'gap:reset', 'x:3'])
    for (const { subscription } of [one, other]) {
      expect(subscription.data).toBe(6)
      expect(subscription.lastEvent?.data).toBe(3)
      expect(subscription.recent.map(({ data }) => data)).toEqual([1, 2, 3])
    }
  })

  it('has missed nothing where nothing came meanwhile', async () => {
    const { connection } = await begin('a')
    const [one] = [hub.follow('b'), hub.follow('b')]
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1)
    one.subscription.pause()
    await connection.hub.event('a', 'x', 'of another channel')
    one.subscription.resume()
    await hub.pass()
    one.subscription.close()
    one.subscription.open()
    await hub.pass()
    expect(one.log).toEqual(['open', 'x:1', 'open', 'close:manual', 'open'])
  })

  it('ends with its client', async () => {
    const { followed } = await begin('a')
    const [{ subscription, log } = hub.follow('a')] = followed
    subscription.pause()
    hub.client.close()
    expect(subscription).toMatchObject({ status: 'closed', closeReason: 'manual' })
    expect(log).toEqual(['open', 'close:manual'])
    subscription.resume()
    await hub.pass()
    expect(hub.transport.requests).toHaveLength(1)
  })
})

describe('a part that is opened again', () => {
  it('is told of what came while its channel lingered', async () => {
    hub.create({ linger: 1000 })
    const { connection } = await begin('a')
    const { subscription, log } = hub.follow('a', { reduce: sum })
    await hub.pass()
    subscription.close()
    const [, other] = [subscription, hub.follow('a')]
    other.subscription.close()
    await connection.hub.event('a', 'x', 1)
    subscription.open()
    await hub.pass()
    expect(log).toEqual(['open', 'close:manual', 'gap:reset', 'open'])
    await connection.hub.event('a', 'x', 2)
    expect(log.slice(4)).toEqual(['x:2'])
  })

  it('goes on from where it was, not from where others were', async () => {
    const { connection } = await begin('a')
    const [one, other] = [hub.follow('b'), hub.follow('b')]
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1)
    one.subscription.close()
    await connection.hub.event('b', 'x', 2)
    other.subscription.close()
    await hub.transport.change()
    one.subscription.open()
    expect((await hub.transport.change()).channels).toMatchObject({ b: 'test.11' })
  })

  it('goes on from its position after a failure, too', async () => {
    hub.create({ retry: false })
    const { followed, connection } = await begin('a')
    const [{ subscription, log } = hub.follow('a')] = followed
    await connection.hub.event('a', 'x', 1)
    await connection.drop()
    expect(log).toEqual(['open', 'x:1', 'error:network', 'close:fatal'])
    subscription.open()
    const { request } = await hub.transport.open()
    expect(request).toMatchObject({ lastEventId: 'test.11', url: expect.stringContaining('channel=a') as string })
  })

  it('does so where it is to reconnect', async () => {
    const { followed, connection } = await begin('a', 'b')
    const [a, b] = followed
    a?.subscription.close()
    await hub.transport.change()
    a?.subscription.reconnect()
    expect((await hub.transport.change()).channels).toMatchObject({ a: 'test.10' })
    await connection.hub.live(['a'])
    expect(b?.log).toEqual(['open'])
    b?.subscription.pause()
    b?.subscription.reconnect()
    await hub.transport.change()
    expect(b?.subscription.status).toBe('connecting')
    b?.subscription.reconnect()
    const { request } = await hub.transport.open()
    expect(request.url).toContain('channel=a')
  })
})

describe('a part that begins at a position', () => {
  it('begins there, whatever was followed before', async () => {
    const { connection } = await begin('a')
    const first = hub.follow('b', { recent: 5 })
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1)
    first.subscription.close()
    await hub.transport.change()
    const { subscription } = hub.follow('b', { lastEventId: 'test.4', recent: 5 })
    expect((await hub.transport.change()).channels).toMatchObject({ b: 'test.4' })
    expect(subscription).toMatchObject({ data: undefined, lastEvent: undefined, recent: [] })
  })

  it('is told of a gap where the channel is beyond it already', async () => {
    const { connection } = await begin('a')
    await connection.hub.event('a', 'x', 1)
    const late = hub.follow('a', { lastEventId: 'test.9' })
    const inTime = hub.follow('a', { lastEventId: 'test.11' })
    const ahead = hub.follow('a', { lastEventId: 'test.12' })
    const strange = hub.follow('a', { lastEventId: 'other.12' })
    expect(late.log).toEqual([])
    await hub.pass()
    expect(late.log).toEqual(['gap:reset', 'open'])
    expect(inTime.log).toEqual(['open'])
    expect(ahead.log).toEqual(['open'])
    expect(strange.log).toEqual(['gap:reset', 'open'])
  })

  it('is told of a gap where nobody knows what the channel has lost', async () => {
    const { connection } = await begin('a')
    await connection.hub.reset(['a'])
    const { log } = hub.follow('a', { lastEventId: 'test.10' })
    await hub.pass()
    expect(log).toEqual(['gap:reset', 'open'])
  })
})

describe('who comes back', () => {
  it('finds what came while the channel lingered', async () => {
    hub.create({ linger: 1000 })
    const { connection } = await begin('b')
    const options = { reduce: sum, recent: 2 }
    const first = hub.follow('a', options)
    await hub.transport.change()
    await connection.hub.live(['a'])
    await connection.hub.event('a', 'x', 1)
    first.subscription.close()
    await connection.hub.event('a', 'x', 2)
    await connection.hub.event('a', 'x', 3)
    await hub.pass(999)
    const second = hub.follow('a', options)
    expect(second.subscription).toMatchObject({ data: 6, status: 'open', lastEvent: { data: 3 } })
    expect(second.subscription.recent.map(({ data }) => data)).toEqual([2, 3])
    await hub.pass(5000)
    expect(second.log).toEqual(['open'])
    expect(hub.transport.changes).toHaveLength(1)
  })

  it.each(['while the channel lingers', 'after it was left'])('is told of what was lost %s', async (when) => {
    hub.create({ linger: 1000 })
    const { connection } = await begin('b')
    const first = hub.follow('a', { reduce: sum })
    await hub.transport.change()
    await connection.hub.live(['a'])
    await connection.hub.event('a', 'x', 1)
    first.subscription.close()
    await connection.hub.reset(['a'])
    await hub.pass(when === 'after it was left' ? 2000 : 500)
    const second = hub.follow('a', { reduce: sum })
    const third = hub.follow('a', { reduce: sum })
    if (when === 'after it was left') await connection.hub.live(['a'], { rev: 3 })
    await hub.pass()
    expect([second.log, third.log]).toEqual([['gap:reset', 'open'], ['open']])
    expect(second.subscription.data).toBe(1)
  })

  it('shows the last events, also by another function, and no more of them than it wants', async () => {
    const { connection } = await begin('a')
    const { subscription: many } = hub.follow('a', { recent: 3, reduce: sum })
    for (const n of [1, 2, 3]) await connection.hub.event('a', 'x', n)
    const { subscription: few } = hub.follow('a', { recent: 2, initialData: 'none' })
    expect(few.recent.map(({ data }) => data)).toEqual([2, 3])
    expect(few.lastEvent?.data).toBe(3)
    // The first part is without a function, too.
    expect(few.data).toBe(3)
    const { subscription: other } = hub.follow('a', { reduce: (total: unknown) => total, initialData: 'none' })
    expect(other).toMatchObject({ data: 'none', recent: [], lastEvent: { data: 3 } })
    const { subscription: same } = hub.follow('a', { reduce: sum })
    expect(same.data).toBe(6)
    many.close()
    few.close()
  })

  it('is where it was when the connection was lost in between', async () => {
    const { connection } = await begin('a', 'b')
    await connection.hub.event('b', 'x', 1)
    const second = await hub.lose(connection)
    // Asked for, and not yet answered.
    const { subscription } = hub.follow('a')
    for (const one of [subscription]) one.close()
    hub.client.reconnect()
    await second.closed
    const third = await hub.transport.open()
    expect(third.request.lastEventId).toBe('test.11')
    expect(third.request.url).toMatch(/channel=a&channel=b$/)
  })

  it('is where it was when it was left in the middle of that', async () => {
    hub.follow('b')
    const { subscription, log } = hub.follow('a')
    const first = await hub.welcome({ cursor: 'test.10' })
    await first.hub.event('b', 'x', 1, { id: 'test.20' })
    await hub.lose(first)
    subscription.close()
    const again = hub.follow('a')
    hub.client.reconnect()
    const { request } = await hub.transport.open()
    expect(request.lastEventId).toBe('test.20')
    expect(request.url).toMatch(/channel=b&channel=a$/)
    expect([log, again.log]).toEqual([['open', 'close:manual'], []])
  })
})

describe('parts that begin at different positions', () => {
  it('have each what is theirs, and who comes has what is shown to it, once', async () => {
    const { connection } = await begin('a')
    const options = { reduce: sum, recent: 9 }
    const [early, late] = [hub.follow('b', options), hub.follow('b', options)]
    await hub.transport.change()
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 1, { id: 'test.11' })
    early.subscription.close()
    await connection.hub.event('b', 'x', 2, { id: 'test.12' })
    late.subscription.close()
    await hub.transport.change()
    early.subscription.open()
    late.subscription.open()
    const third = hub.follow('b', { recent: 9 })
    late.subscription.close()
    const fourth = hub.follow('b', options)
    expect((await hub.transport.change()).channels).toMatchObject({ b: 'test.11' })
    await connection.hub.catchup(['b'])
    late.subscription.open()
    await connection.hub.event('b', 'x', 2, { id: 'test.12' })
    await connection.hub.live(['b'], { cursor: 'test.12' })
    await connection.hub.event('b', 'x', 3, { id: 'test.13' })
    expect(early.log.slice(2)).toEqual(['close:manual', 'x:2', 'open', 'x:3'])
    expect(late.log.slice(4)).toEqual(['close:manual', 'open', 'x:3'])
    for (const { subscription } of [early, late, third, fourth]) {
      expect(subscription.recent.map(({ data }) => data)).toEqual([1, 2, 3])
    }
    for (const { subscription } of [early, late, fourth]) expect(subscription.data).toBe(6)
  })
})

describe('who comes in the middle of an event', () => {
  it('has that event, as all others have, whoever was called first', async () => {
    const { connection } = await begin('b')
    const options = { reduce: sum, recent: 3 }
    const late: ReturnType<typeof hub.follow>[] = []
    const first = hub.follow('a', { ...options, onEvent: () => late.push(hub.follow('a', options)) })
    const last = hub.follow('a', options)
    await hub.transport.change()
    await connection.hub.live(['a'])
    await connection.hub.event('a', 'x', 1)
    await connection.hub.event('a', 'x', 2)
    for (const { subscription } of [first, last, ...late]) {
      expect(subscription.data).toBe(3)
      expect(subscription.recent.map(({ data }) => data)).toEqual([1, 2])
    }
    expect(late.map(({ log }) => log)).toEqual([['open', 'x:2'], ['open']])
  })

  it.each([0, 1000])('has it where all others were closed, with a linger of %i', async (linger) => {
    hub.create({ linger })
    const { connection } = await begin('b')
    const options = { reduce: sum }
    const others: ReturnType<typeof hub.follow>[] = []
    let late: ReturnType<typeof hub.follow> | undefined
    const onEvent = () => {
      for (const { subscription } of others) subscription.close()
      late = hub.follow('a', options)
    }
    others.push(hub.follow('a', { ...options, onEvent }), hub.follow('a', options))
    await hub.transport.change()
    await connection.hub.live(['a'])
    await connection.hub.event('a', 'x', 1)
    expect(late?.subscription.data).toBe(1)
    expect(others.map(({ log }) => log)).toEqual([
      ['open', 'x:1', 'close:manual'],
      ['open', 'close:manual'],
    ])
  })
})

describe('the last part of a channel', () => {
  it('leaves it for as long as `linger` says', async () => {
    hub.create({ linger: 1000 })
    const { connection } = await begin('b')
    const { subscription } = hub.follow('a', { linger: 200 })
    await hub.transport.change()
    await connection.hub.live(['a'])
    subscription.close()
    await hub.pass(199)
    expect(hub.transport.changes).toHaveLength(1)
    await hub.pass(1)
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['b'])
  })

  it('leaves it never, where that is for ever', async () => {
    hub.create({ linger: Infinity })
    const { followed } = await begin('a')
    followed[0]?.subscription.close()
    await hub.pass(59_000)
    expect(hub.client.status).toBe('open')
    expect(hub.transport.connections).toHaveLength(1)
  })

  it.each([-1, Number.NaN])('cannot leave it after %d', (linger) => {
    expect(() => hub.create({ linger })).toThrow(new TypeError(`Expected \`linger\` to be at least 0, got ${linger}.`))
    hub.create()
    expect(() => hub.follow('a', { linger })).toThrow(TypeError)
  })
})

describe('presence', () => {
  it('is told once to each, and to who comes later after it was made', async () => {
    const onPresence = vi.fn()
    const { connection } = await begin('a')
    const { subscription } = hub.follow('a', { onPresence })
    subscription.on('x', () => {})
    await connection.hub.presence({ channel: 'a', count: 2, members: [{ id: 'ann' }, { id: 'bob', info: 1 }] })
    expect(onPresence).toHaveBeenCalledExactlyOnceWith({ count: 2, members: [{ id: 'ann' }, { id: 'bob', info: 1 }] })
    const later = vi.fn()
    const { subscription: late } = hub.follow('a', { onPresence: later })
    expect(late.presence?.count).toBe(2)
    expect(later).not.toHaveBeenCalled()
    await hub.pass()
    expect(later).toHaveBeenCalledOnce()
    await connection.hub.presence({ channel: 'a', count: 2, joined: [{ id: 'cat' }], left: ['ann', 'nobody'] })
    expect(late.presence?.members.map(({ id }) => id)).toEqual(['bob', 'cat'])
    expect(later).toHaveBeenCalledTimes(2)
  })

  it('may begin another part', async () => {
    const { connection } = await begin('a')
    let count = 0
    const onPresence = () => void (++count < 50 && hub.follow('a', { onPresence }))
    hub.follow('a', { onPresence })
    await connection.hub.presence({ channel: 'a', count: 1, members: [{ id: 'ann' }] })
    await hub.pass()
    expect(count).toBe(50)
  })
})
