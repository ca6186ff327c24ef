import { type ChannelObserverOptions, createChannelObserver } from '@tidewire/client'
import { describe, expect, it } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

type Message = { readonly data: unknown }

/** What a component does that is told each event, and shows a list that its own function makes. */
function component(options: ChannelObserverOptions = {}) {
  const log: string[] = []
  const given = (): ChannelObserverOptions => ({
    initialData: '',
    // A new one each time, as one that is written inline.
    reduce: (list: unknown, { data }: Message) => `${String(list)}${String(data)}`,
    onEvent: ({ data }: Message) => void log.push(String(data)),
    onGap: () => void log.push('gap'),
    onClose: (reason: string) => void log.push(reason),
    ...options,
  })
  const observer = createChannelObserver(hub.client, 'a', given())
  let leave = () => {}
  return {
    ...observer,
    log,
    show() {
      observer.setOptions('a', given())
      leave = observer.subscribe(() => {})
    },
    putAside: () => leave(),
    /** What is shown, after the next frame. */
    async shown() {
      await hub.pass(50)
      return observer.getSnapshot()
    },
  }
}

/** Two components that have had one event. */
async function begin(options?: ChannelObserverOptions) {
  const [one, other] = [component(options), component(options)]
  one.show()
  other.show()
  const connection = await hub.welcome({ cursor: 'test.10' })
  await connection.hub.event('a', 'x', 1)
  return { one, other, connection }
}

describe('a component that comes back beside another that makes something else of the channel', () => {
  it('is told that it has missed events', async () => {
    const { one, connection } = await begin()
    one.putAside()
    await connection.hub.event('a', 'x', 2)
    one.show()
    await hub.pass()
    await connection.hub.event('a', 'x', 3)
    expect(one.log).toEqual(['1', 'gap', '3'])
    expect((await one.shown()).data).toBe('13')
  })

  it('has missed nothing where nothing came', async () => {
    const { one, connection } = await begin()
    one.putAside()
    one.show()
    await hub.pass()
    await connection.hub.event('a', 'x', 2)
    expect(one.log).toEqual(['1', '2'])
    expect(await one.shown()).toMatchObject({ data: '12', lastEventId: 'test.12' })
  })

  it('goes on from where it was, where the other has left meanwhile', async () => {
    const { one, other, connection } = await begin({ recent: 5 })
    one.putAside()
    await connection.hub.event('a', 'x', 2)
    other.putAside()
    await connection.closed
    one.show()
    const next = await hub.transport.open()
    expect(next.request.url).toContain('since=test.11')
    await next.hub.hello({ channels: { a: 'resumed' } })
    await next.hub.event('a', 'x', 2, { id: 'test.12' })
    expect(one.log).toEqual(['1', '2'])
    expect(await one.shown()).toMatchObject({ data: '12', recent: [{ data: 1 }, { data: 2 }] })
    // Which has had it already.
    other.show()
    await hub.pass()
    await next.hub.event('a', 'x', 3)
    expect(other.log).toEqual(['1', '2', '3'])
    expect((await other.shown()).data).toBe('123')
  })

  it('is told once, where it comes, goes and comes in one turn', async () => {
    const { connection } = await begin()
    const late = component({ lastEventId: 'test.5', initialData: 'server,' })
    late.show()
    late.putAside()
    late.show()
    await hub.pass()
    await connection.hub.event('a', 'x', 2)
    expect(late.log).toEqual(['gap', '2'])
    expect((await late.shown()).data).toBe('server,2')
  })

  it('is told also where the others show the same', async () => {
    const { connection } = await begin({ reduce: undefined })
    const late = component({ reduce: undefined, lastEventId: 'test.5' })
    late.show()
    late.putAside()
    late.show()
    await hub.pass()
    await connection.hub.event('a', 'x', 2)
    expect(late.log).toEqual(['gap', '2'])
  })
})

describe('a component that begins at the position of a server', () => {
  const page = (options: ChannelObserverOptions = {}) =>
    component({ initialData: 'server,', lastEventId: 'test.10', ...options })

  it('gets all that was published since, whoever has come to the channel in the same turn', async () => {
    const [badge, newer, older] = [component(), page({ lastEventId: 'test.12' }), page()]
    badge.show()
    newer.show()
    older.show()
    const connection = await hub.transport.open()
    expect(connection.request.url).toContain('since=test.10')
    await connection.hub.hello({ cursor: 'test.13', channels: { a: 'resumed' } })
    for (const n of [11, 12, 13]) await connection.hub.event('a', 'x', n, { id: `test.${n}` })
    expect((await older.shown()).data).toBe('server,111213')
    expect((await newer.shown()).data).toBe('server,13')
    for (const { log } of [badge, newer, older]) expect(log).not.toContain('gap')
  })

  it('gets it again where it is made anew while its channel lingers', async () => {
    hub.create({ linger: 1000 })
    const first = page()
    first.show()
    const connection = await hub.transport.open()
    await connection.hub.hello({ cursor: 'test.10', channels: { a: 'resumed' } })
    await connection.hub.event('a', 'x', 11)
    first.putAside()
    const second = page()
    second.show()
    expect((await hub.transport.change()).channels).toEqual({})
    expect((await hub.transport.change()).channels).toEqual({ a: 'test.10' })
    await connection.hub.catchup(['a'])
    await connection.hub.event('a', 'x', 11, { id: 'test.11' })
    await connection.hub.live(['a'])
    expect((await second.shown()).data).toBe('server,11')
    expect(second.log).toEqual(['11'])
  })

  it('shows what its function has made by then, where that is the same', async () => {
    hub.create({ linger: 1000 })
    const reduce = (list: unknown, { data }: Message) => `${String(list)}${String(data)}`
    const first = page({ reduce })
    first.show()
    const connection = await hub.transport.open()
    await connection.hub.hello({ cursor: 'test.10', channels: { a: 'resumed' } })
    await connection.hub.event('a', 'x', 11)
    first.putAside()
    const second = page({ reduce })
    second.show()
    await connection.hub.event('a', 'x', 12)
    expect((await second.shown()).data).toBe('server,1112')
    expect(second.log).toEqual(['12'])
  })

  it('keeps its own initial data beside another that has had no event', async () => {
    const reduce = (list: unknown, { data }: Message) => `${String(list)}${String(data)}`
    const other = component({ reduce, initialData: undefined })
    other.show()
    const connection = await hub.welcome({ cursor: 'test.10' })
    const one = component({ reduce, initialData: 'server,' })
    expect(one.getSnapshot().data).toBe('server,')
    one.show()
    await connection.hub.event('a', 'x', 1)
    expect((await one.shown()).data).toBe('server,1')
  })
})

describe('a component that comes back alone', () => {
  it('goes on with what came while its channel lingered, by a function that is new in each rendering', async () => {
    hub.create({ linger: 1000 })
    const one = component()
    one.show()
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    one.putAside()
    await connection.hub.event('a', 'x', 2)
    one.show()
    await connection.hub.event('a', 'x', 3)
    expect(one.log).toEqual(['1', '3'])
    expect((await one.shown()).data).toBe('123')
  })

  it('goes on from where it was, after any time', async () => {
    const one = component({ recent: 5 })
    one.show()
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 1)
    one.putAside()
    await connection.closed
    // Nothing of it is remembered any more.
    for (let i = 0; i < 101; i++) hub.follow(`other/${i}`).subscription.close()
    one.show()
    const next = await hub.transport.open()
    expect(next.request.url).toMatch(/channel=a|since=test\.1/)
    expect(await one.shown()).toMatchObject({ data: '1', recent: [{ data: 1 }] })
  })
})

describe('a component that was put aside while others were told that they may not see a channel any more', () => {
  it('shows nothing of what it had, and begins anew', async () => {
    const { one, connection } = await begin()
    one.putAside()
    await connection.hub.revoked(['a'])
    expect(one.getSnapshot()).toMatchObject({ data: '', lastEvent: undefined, recent: [], lastEventId: '' })
    one.show()
    const next = await hub.transport.open()
    expect(next.request.url).toContain('fresh=a')
  })

  it('does so also where more channels are gone than can be told one by one', async () => {
    const { one, connection } = await begin()
    one.putAside()
    await connection.hub.revoked(['a', ...Array.from({ length: 150 }, (_, i) => `other/${i}`)])
    expect(one.getSnapshot().data).toBe('')
  })

  it('shows nothing where its client was closed meanwhile', async () => {
    const { one } = await begin()
    one.putAside()
    hub.client.close()
    expect(one.getSnapshot()).toMatchObject({ status: 'connecting', data: '', lastEventId: '' })
  })

  it('stays closed, and shows nothing, where its client was closed before', async () => {
    const { one } = await begin()
    hub.client.close()
    expect(await one.shown()).toMatchObject({ status: 'closed', data: '1' })
    one.putAside()
    expect(one.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'manual', data: '', lastEventId: '' })
    one.show()
    expect(one.getSnapshot().status).toBe('closed')
    expect(hub.transport.requests).toHaveLength(1)
  })
})

describe('the data of a channel that was left', () => {
  it('stay until there is an event, for who has left it alone', async () => {
    const plain = { reduce: undefined, initialData: undefined }
    const one = component(plain)
    one.show()
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 'of a')
    one.setOptions('b', {})
    await hub.transport.change()
    const other = createChannelObserver(hub.client, 'b', {})
    expect(other.getSnapshot().data).toBeUndefined()
    other.subscribe(() => {})
    await hub.pass(50)
    expect(other.getSnapshot()).toMatchObject({ data: undefined, lastEvent: undefined })
    expect(one.getSnapshot()).toMatchObject({ data: 'of a', lastEvent: { data: 'of a' } })
    await connection.hub.live(['b'])
    await connection.hub.event('b', 'x', 'of b')
    expect((await one.shown()).data).toBe('of b')
    expect(other.getSnapshot().data).toBe('of b')
  })

  it('are not what is remembered of the new one, and gone where that is refused', async () => {
    const one = component({ reduce: undefined, initialData: undefined })
    one.show()
    const connection = await hub.welcome()
    await connection.hub.event('a', 'x', 'of a')
    one.setOptions('b', {})
    await hub.transport.change()
    await connection.hub.live(['b'])
    one.setOptions('c', {})
    await hub.transport.change()
    expect(createChannelObserver(hub.client, 'b', {}).getSnapshot().data).toBeUndefined()
    expect((await one.shown()).data).toBe('of a')
    await connection.hub.denied(['c'])
    expect(await one.shown()).toMatchObject({ closeReason: 'denied', data: undefined, lastEvent: undefined })
  })
})

describe('who comes after the client has given up', () => {
  it('shows at first that it connects, and no failure of those before', async () => {
    hub.create({ retry: false })
    const { connection } = await begin()
    await connection.drop()
    expect(hub.client.status).toBe('closed')
    const late = component()
    late.show()
    expect(late.getSnapshot()).toMatchObject({ status: 'connecting', error: undefined, closeReason: undefined })
    await hub.welcome()
    expect((await late.shown()).status).toBe('open')
  })
})
