import { expect, it, vi } from 'vitest'
import { join, post, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'
import { createMemoryLog, type SSELog, type SSEOverflow } from '../index.ts'

const MAX = 100_000

it.for<[name: string, overflow: SSEOverflow]>([
  ['disconnect', 'disconnect'],
  ['drop', 'drop'],
  ['coalesce', { coalesce: () => 'all' }],
])('cuts off a reader that does not even take what the hub itself says, with %s too', async ([, overflow]) => {
  const { hub, errors } = useHub({ limits: { maxBufferSize: MAX } })
  hub.channel('news', { overflow })
  hub.channel('secret/:id', () => false)
  // Nothing more is read.
  const { connection } = (await join(hub, '?v=1&channel=news')).hello
  const secrets = Array.from({ length: 90 }, (_, index) => [`secret/${'x'.repeat(200)}${index}`, null] as const)
  const channels = { news: null, ...Object.fromEntries(secrets) }
  let most = 0
  for (let rev = 1; hub.connectionCount > 0 && rev < 200; rev++) {
    expect((await post(hub, { connection, rev, channels })).status).toBe(204)
    await turn()
    most = Math.max(most, hub.inspect().bufferedSize)
  }
  expect(most).toBeGreaterThan(3 * MAX)
  expect(most).toBeLessThanOrEqual(4 * MAX + 1_000)
  expect(hub.connectionCount).toBe(0)
  expect(hub.inspect().counters.overflowed).toBe(1)
  expect(errors).toMatchObject([['overflow', { code: 'overflow' }]])
})

it('says the first word however long it is', async () => {
  const { hub } = useHub({ limits: { maxBufferSize: 1 } }, 'news/:id')
  const names = Array.from({ length: 100 }, (_, index) => `channel=news/${'x'.repeat(200)}${index}`)
  const { hello } = await join(hub, `?v=1&${names.join('&')}`)
  expect(Object.keys(hello.channels)).toHaveLength(100)
})

it('gives nothing again that came with its join, however late the feed brings it', async () => {
  const memory = createMemoryLog()
  const isFollowed = Promise.withResolvers<void>()
  let isLossy = false
  let heads = 0
  const log: SSELog = {
    append: (drafts) => memory.append(drafts),
    // Where the feed begins: that is known late, when more has been published.
    head: async () => {
      const head = await memory.head()
      if (++heads === 1) await isFollowed.promise
      return head
    },
    read: (after, limit) => memory.read(after, limit),
    last: (channels) => memory.last(channels),
    attach: (listener) =>
      memory.attach({
        onEntries: (entries) => isLossy || listener.onEntries(entries),
        onLapse: () => listener.onLapse(),
        onEpoch: (epoch) => listener.onEpoch(epoch),
        onError: (error) => listener.onError(error),
      }),
    close: () => memory.close(),
  }
  const { hub } = useHub({ log }, ':name')
  const readers = [join(hub, '?v=1&channel=late'), join(hub, '?v=1&channel=late&channel=quick')]
  await vi.waitFor(() => expect(hub.connectionCount).toBe(2))
  isLossy = true
  const { id } = await hub.to('late').data('before')
  isLossy = false
  isFollowed.resolve()
  const [, reader] = await Promise.all(readers)
  expect(reader?.hello['cursor']).toBe(id)
  await hub.to('quick').data('next')
  expect(await reader?.next()).toMatchObject({ data: 'next' })
  // It names one before it that the feed has not brought.
  await hub.to('late').data('last')
  expect(await reader?.next()).toMatchObject({ data: 'last' })
})
