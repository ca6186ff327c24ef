import { createChannelObserver } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

/** The state as it is after the next frame. */
async function published<State>(observer: { getSnapshot: () => State }): Promise<State> {
  await hub.pass(50)
  return observer.getSnapshot()
}

describe('an observer of a channel', () => {
  it('takes part with the first who subscribes, and leaves with the last', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    expect(observer.getSnapshot().status).toBe('connecting')
    const leave = [observer.subscribe(() => {}), observer.subscribe(() => {})]
    const connection = await hub.welcome()
    expect((await published(observer)).status).toBe('open')
    leave[0]?.()
    leave[0]?.()
    await connection.hub.event('a', 'x', 1)
    expect((await published(observer)).data).toBe(1)
    leave[1]?.()
    await connection.closed
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: 1 })
  })

  it('shows from the beginning what others have of the channel, but not as a server does', async () => {
    hub.follow('a')
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    const observer = createChannelObserver(hub.client, 'a', { initialData: 0 })
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: 1, lastEvent: { data: 1 } })
    expect(observer.getServerSnapshot()).toMatchObject({ status: 'connecting', data: 0, lastEvent: undefined })
    expect(observer.getServerSnapshot()).toBe(observer.getServerSnapshot())
  })

  it('starts from the position of a server once', async () => {
    hub.create({ linger: 0 })
    const onEvent = vi.fn()
    const observer = createChannelObserver(hub.client, 'a', { lastEventId: 'test.5', initialData: 5, onEvent })
    const leave = observer.subscribe(() => {})
    let connection = await hub.transport.open()
    expect(connection.request.url).toContain('since=test.5')
    await connection.hub.hello({ cursor: 'test.5', channels: { a: 'resumed' } })
    await connection.hub.event('a', 'x', 6)
    expect(await published(observer)).toMatchObject({ data: 6, lastEventId: 'test.6' })
    leave()
    await connection.closed
    const leaveAgain = observer.subscribe(() => {})
    connection = await hub.transport.open()
    expect(connection.request.url).not.toContain('test.5')
    expect(observer.getSnapshot().data).toBe(6)
    leaveAgain()
    await connection.closed
  })

  it('leaves the one before where it is given a name that no channel can have', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    observer.subscribe(() => {})
    const connection = await hub.welcome()
    expect(() => observer.setOptions('a#b', {})).toThrow(TypeError)
    await connection.closed
  })

  it('stays over where it was over, whoever comes back, until it is opened', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    const leave = observer.subscribe(() => {})
    await hub.welcome()
    observer.close()
    expect(await published(observer)).toMatchObject({ status: 'closed', closeReason: 'manual' })
    leave()
    const leaveAgain = observer.subscribe(() => {})
    expect(await published(observer)).toMatchObject({ status: 'closed', closeReason: 'manual' })
    observer.open()
    await hub.welcome()
    expect((await published(observer)).status).toBe('open')
    leaveAgain()
  })

  it.each<['a' | null, object]>([
    ['a', { enabled: false }],
    [null, {}],
  ])('shows nothing of before the client was closed, where it is there as %j %j', async (name, options) => {
    const observer = createChannelObserver(hub.client, 'a')
    observer.subscribe(() => {})
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 'of A')
    observer.setOptions(name, options)
    expect((await published(observer)).data).toBe('of A')
    hub.client.close()
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', data: undefined, lastEventId: '' })
    observer.setOptions('a', {})
    const next = await hub.transport.open()
    expect(next.request.url).not.toContain('since')
    expect(observer.getSnapshot().data).toBeUndefined()
  })

  it('begins anew where it is opened that was closed by hand before the client was', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    observer.subscribe(() => {})
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 'of A')
    observer.close()
    hub.client.close()
    observer.open()
    expect((await hub.transport.open()).request.url).not.toContain('since')
    expect((await published(observer)).data).toBeUndefined()
  })

  it('shows nothing of a former channel that may no longer be seen', async () => {
    hub.follow('a')
    const observer = createChannelObserver(hub.client, 'a')
    observer.subscribe(() => {})
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 'the plan')
    for (const name of ['b', null, 'c'] as const) observer.setOptions(name, {})
    expect((await published(observer)).data).toBe('the plan')
    await connection.hub.revoked(['a'])
    expect((await published(observer)).data).toBeUndefined()
  })

  it('opens nothing that nobody subscribes to', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    observer.open()
    observer.reconnect()
    await hub.pass(10)
    expect(hub.transport.connections).toEqual([])
  })

  it('joins another channel before it leaves the one before', async () => {
    const observer = createChannelObserver(hub.client, 'a')
    const leave = observer.subscribe(() => {})
    await hub.welcome()
    observer.setOptions('b', {})
    expect(Object.keys((await hub.transport.change()).channels)).toEqual(['b'])
    expect(hub.transport.connections).toHaveLength(1)
    leave()
  })

  it('reports a listener that throws, and calls the others', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const observer = createChannelObserver(hub.client, 'a')
    const listener = vi.fn()
    observer.subscribe(() => {
      throw new Error('render')
    })
    observer.subscribe(listener)
    observer.setOptions(null, {})
    await hub.pass(50)
    expect(report).toHaveBeenCalled()
    expect(listener).toHaveBeenCalled()
    report.mockRestore()
  })
})

describe('load', () => {
  const observe = (options = {}) => createChannelObserver(hub.client, 'a', { suspense: true, ...options })

  it('waits for the first event in silence, once for all, and those who come then find it', async () => {
    const onEvent = vi.fn()
    const reduce = (all: unknown, { data }: { data: unknown }) => [all, data]
    const wait = observe({ onEvent, reduce }).load()
    // As in another rendering.
    expect(observe({ onEvent, reduce }).load()).toBe(wait)
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    await hub.pass(50)
    await wait
    const observer = observe({ onEvent, reduce })
    expect(observer.load()).toBeUndefined()
    expect(observer.getSnapshot().data).toEqual([undefined, 1])
    const leave = observer.subscribe(() => {})
    await connection.hub.event('a', 'x', 2)
    expect((await published(observer)).data).toEqual([[undefined, 1], 2])
    expect(onEvent).toHaveBeenCalledTimes(1)
    leave()
    await connection.closed
  })

  it('leaves a channel that nobody waits for any more', async () => {
    const wait = observe().load()
    const connection = await hub.welcome()
    await hub.pass(5000)
    await wait
    await hub.pass(5000)
    await connection.closed
  })

  it('follows on while it is asked for again', async () => {
    const connection = Promise.all([observe().load(), hub.welcome()])
    await hub.pass(5000)
    await connection
    for (let i = 0; i < 5; i++) {
      const wait = observe().load()
      await hub.pass(5000)
      await wait
    }
    expect(hub.transport.connections).toHaveLength(1)
    await hub.pass(5000)
  })

  it('asks once for what is refused', async () => {
    const wait = observe().load()
    await hub.welcome({ channels: { a: 'denied' } })
    await hub.pass(50)
    await wait
    const observer = observe()
    expect(observer.load()).toBeUndefined()
    const leave = observer.subscribe(() => {})
    expect(await published(observer)).toMatchObject({ status: 'closed', closeReason: 'denied' })
    leave()
    await hub.pass(5000)
    expect(hub.transport.connections).toEqual([])
  })

  it('asks anew for what was refused, once those who waited have seen it', async () => {
    const wait = observe().load()
    await hub.welcome({ channels: { a: 'denied' } })
    await hub.pass(50)
    await wait
    expect(observe().load()).toBeUndefined()
    await hub.pass(100)
    expect(observe().load()).toBeInstanceOf(Promise)
    await hub.welcome()
    await hub.pass(10_000)
  })

  it.each([false, true])('begins anew where the client was closed meanwhile (event: %s)', async (hasEvent) => {
    const wait = observe().load()
    const connection = await hub.welcome()
    if (hasEvent) await connection.hub.event('a', 'x', 'of A')
    hub.client.close()
    await wait
    const observer = observe()
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: undefined, lastEventId: '' })
    expect(observer.load()).toBeInstanceOf(Promise)
    const next = await hub.transport.open()
    expect(next.request.url).not.toContain('since')
    await hub.pass(10_000)
  })

  it('keeps those apart who begin elsewhere, or with something else', async () => {
    const options = [{}, { lastEventId: 'test.5' }, { initialData: 0 }, { initialData: { n: 1 } }, { recent: 2 }]
    const waits = options.map((one) => observe(one).load())
    expect(new Set(waits).size).toBe(options.length)
    expect(observe({ initialData: { n: 1 } }).load()).toBe(waits[3])
    expect(observe({ initialData: 0 }).getSnapshot().data).toBe(0)
    await hub.pass(10_000)
  })

  it('waits for an event of its own where it has a function for them', async () => {
    hub.follow('a')
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    const options = {
      initialData: 0,
      reduce: (sum: unknown, { data }: { data: unknown }) => Number(sum) + Number(data),
    }
    expect(observe().load()).toBeUndefined()
    const wait = observe(options).load()
    expect(wait).toBeInstanceOf(Promise)
    await connection.hub.event('a', 'x', 2)
    await hub.pass(50)
    await wait
    const observer = observe(options)
    expect(observer.load()).toBeUndefined()
    expect(observer.getSnapshot().data).toBe(2)
    await hub.pass(10_000)
  })

  it('refuses a `reduce` that is new in each rendering, however often it is tried', async () => {
    const inline = () => observe({ reduce: (all: unknown) => all }).load()
    for (let i = 0; i < 10; i++) void inline()
    for (let i = 0; i < 20; i++) expect(inline).toThrow(/of the channel "a" .* keep `reduce`/)
    await hub.pass(10_000)
  })

  it('tells those who have waited of what they have missed', async () => {
    const onGap = vi.fn()
    const wait = observe({ lastEventId: 'test.5', onGap }).load()
    const connection = await hub.welcome({ channels: { a: 'reset' } })
    await connection.hub.event('a', 'x', 1)
    await hub.pass(50)
    await wait
    const observer = observe({ lastEventId: 'test.5', onGap })
    observer.subscribe(() => {})()
    observer.subscribe(() => {})
    await hub.pass()
    expect(onGap.mock.calls).toEqual([[{ reason: 'reset' }]])
  })

  it('forgets what it has waited for when that is left', async () => {
    hub.create({ linger: 0 })
    const wait = observe().load()
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    await hub.pass(50)
    await wait
    const leave = observe().subscribe(() => {})
    await hub.pass()
    leave()
    await connection.closed
    const again = observe()
    expect(again.load()).toBeUndefined()
    const leaveAgain = again.subscribe(() => {})
    await hub.welcome()
    leaveAgain()
    await hub.pass(50)
    hub.client.close()
    expect(observe().getSnapshot().data).toBeUndefined()
  })

  it('waits no more once somebody has subscribed', async () => {
    const observer = observe()
    const leave = observer.subscribe(() => {})
    observer.setOptions('b', { suspense: true })
    expect(observer.load()).toBeUndefined()
    leave()
    expect(observer.load()).toBeUndefined()
    await hub.pass()
  })

  it('waits for nothing where there is no channel', () => {
    expect(createChannelObserver(hub.client, null, { suspense: true }).load()).toBeUndefined()
    expect(observe({ enabled: false }).load()).toBeUndefined()
  })
})
