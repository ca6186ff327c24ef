import { describe, expect, it } from 'vitest'
import { get, join, useHub } from '../../test/hubReader.ts'

const byUser = {
  context: (request: Request) => ({ user: request.headers.get('x-user') ?? undefined }),
  identify: ({ user }: { user: string | undefined }) => user,
  address: (request: Request) => request.headers.get('x-address') ?? undefined,
}
const ann = { 'x-user': 'ann', 'x-address': '10.0.0.1' }
const bob = { 'x-user': 'bob', 'x-address': '10.0.0.1' }

describe('disconnect', () => {
  it.for([
    ['identity', { identity: 'ann' }, ['ann']],
    ['origin', { origin: 'tab-2' }, ['bob']],
    ['address', { address: '10.0.0.1' }, ['ann', 'bob']],
    ['all that is given', { address: '10.0.0.1', identity: 'bob' }, ['bob']],
    ['nothing that is there', { identity: 'eve' }, []],
    ['a function', ({ context }: { context: { user: string | undefined } }) => context.user === 'ann', ['ann']],
  ] as const)('sends those away for good who are picked by %s', async ([, filter, gone]) => {
    const { hub } = useHub(byUser, 'news')
    const readers = [
      await join(hub, '?v=1&channel=news&origin=tab-1', ann),
      await join(hub, '?v=1&channel=news&origin=tab-2', bob),
    ]
    expect(hub.disconnect(filter)).toBe(gone.length)
    const left = ['ann', 'bob'].filter((user) => !(gone as readonly string[]).includes(user))
    expect(hub.inspect().connections.map(({ identity }) => identity)).toEqual(left)
    for (const [index, user] of ['ann', 'bob'].entries()) {
      if (left.includes(user)) continue
      expect(await readers[index]?.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'disconnected' } }])
    }
  })

  it.for([undefined, null, {}, { identity: undefined }, { user: 'ann' }, 'ann'])(
    'refuses %o, which would mean everybody',
    async (filter) => {
      const { hub } = useHub(byUser, 'news')
      await join(hub, '?channel=news', ann)
      expect(() => hub.disconnect(filter as never)).toThrow(/^Expected the filter to be a function, or an object with/)
      expect(hub.connectionCount).toBe(1)
    },
  )

  it('ends nobody where its function throws', async () => {
    const { hub } = useHub(byUser, 'news')
    await join(hub, '?channel=news', ann)
    await join(hub, '?channel=news', bob)
    const pick = ({ identity }: { identity: string | undefined }) => {
      if (identity === 'bob') throw new Error('no')
      return true
    }
    expect(() => hub.disconnect(pick)).toThrow('no')
    expect(hub.connectionCount).toBe(2)
  })
})

describe('revoke', () => {
  it('takes a channel from all its readers, or from those who are picked', async () => {
    const { hub } = useHub(byUser, ':a')
    const managed = await join(hub, '?v=1&channel=a&channel=b', ann)
    const plain = await join(hub, '?channel=a', bob)
    expect(hub.revoke('a', { identity: 'ann' })).toBe(1)
    expect(await managed.next()).toEqual({ event: 'sse.revoked', data: { channels: ['a'] } })
    expect(hub.subscriberCount('a')).toBe(1)
    expect(hub.revoke('a')).toBe(1)
    expect(await plain.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'revoked' } }])
    expect(hub.revoke('a')).toBe(0)
    await hub.to('a', 'b').send('x', 1)
    expect(await managed.next()).toMatchObject({ event: 'b#x' })
    expect(hub.inspect().counters.revoked).toBe(2)
  })
})

describe('inspect', () => {
  it('tells of readers, channels, and of what has happened since the beginning', async () => {
    const { hub } = useHub(byUser, ':a')
    expect(hub.inspect()).toMatchObject({ connections: [], channels: {}, bufferedSize: 0 })
    const { hello } = await join(hub, '?v=1&channel=a&channel=b&origin=tab-1', ann)
    const plain = await join(hub, '?channel=a')
    expect((await get(hub, '?channel=x/y')).status).toBe(404)
    await hub.to('a').send('x', 1)
    await plain.next()
    await plain.leave()
    const { connections, channels, counters } = hub.inspect()
    expect(connections).toEqual([
      {
        id: hello.connection,
        identity: 'ann',
        origin: 'tab-1',
        address: '10.0.0.1',
        context: { user: 'ann' },
        channels: ['a', 'b'],
        bufferedSize: expect.any(Number) as number,
      },
    ])
    expect(channels).toEqual({ a: 1, b: 1 })
    expect(counters).toMatchObject({ opened: 2, closed: 1, refused: 1, delivered: 2, overflowed: 0 })
    expect(hub.connectionCount).toBe(1)
    expect(hub.subscriberCount('a')).toBe(1)
    expect(hub.subscriberCount('never')).toBe(0)
    expect(hub.activeChannels.toSorted()).toEqual(['a', 'b'])
  })

  it('gives copies: what is done to them changes nothing', async () => {
    const { hub } = useHub(byUser, ':a')
    await join(hub, '?channel=a')
    const state = hub.inspect() as { counters: { opened: number } }
    state.counters.opened = 100
    expect(hub.inspect().counters.opened).toBe(1)
  })
})
