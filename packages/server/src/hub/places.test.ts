import { describe, expect, it, vi } from 'vitest'
import { at, get, join, open, readHub, throwing, useHub } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'
import { createMemoryLog } from '../index.ts'

const byUser = {
  context: (request: Request) => request.headers.get('x-user') ?? undefined,
  identify: (user: string | undefined) => user,
  address: (request: Request) => request.headers.get('x-address') ?? undefined,
}

describe.for([
  ['in total', { maxConnections: 2 }, 503, {}],
  ['of an identity', { maxConnectionsPerIdentity: 2 }, 429, { 'x-user': 'ann' }],
  ['of an address', { maxConnectionsPerAddress: 2 }, 429, { 'x-address': '10.0.0.1' }],
] as const)('the connections %s', ([, limits, status, who]) => {
  it(`are refused with ${status} beyond the limit, and told when to come back`, async () => {
    const { hub } = useHub({ ...byUser, limits }, 'news')
    const first = await join(hub, '?channel=news', who)
    await join(hub, '?channel=news', who)
    const response = await get(hub, '?channel=news', who)
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after')).toMatch(/^[1-5]$/)
    expect(hub.inspect().counters.refused).toBe(1)
    await first.leave()
    await join(hub, '?channel=news', who)
  })

  it('never pass the limit, however many come at once', async () => {
    const { hub } = useHub({ ...byUser, limits }, 'news')
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(hub, '?channel=news', who)))
    const statuses = answers.map((answer) => answer.status)
    expect(statuses.filter((each) => each === 200)).toHaveLength(2)
    expect(statuses.filter((each) => each === status)).toHaveLength(18)
    await Promise.all(answers.filter(({ ok }) => ok).map((answer) => readHub(answer).next()))
    expect(hub.connectionCount).toBe(2)
  })

  it('give their places back, however they end', async () => {
    const { hub } = useHub({ ...byUser, limits }, 'news')
    for (const end of ['leave', 'disconnect', 'unread'] as const) {
      const readers = await Promise.all([0, 1].map(() => open(hub, '?channel=news', who)))
      if (end !== 'unread') await Promise.all(readers.map((reader) => reader.next()))
      if (end === 'disconnect') hub.disconnect(() => true)
      else await Promise.all(readers.map((reader) => reader.leave()))
      await turn()
    }
    await join(hub, '?channel=news', who)
  })

  it('get back after a while the place of a response that nobody has read', async () => {
    const { hub } = useHub({ ...byUser, limits }, 'news')
    const forgotten = await Promise.all([0, 1].map(() => get(hub, '?channel=news', who)))
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000)
    try {
      await join(hub, '?channel=news', who)
      await join(hub, '?channel=news', who)
      expect((await get(hub, '?channel=news', who)).status).toBe(status)
      // Late after all: there is no place any more, and it is told to come back.
      const late = await Promise.all(forgotten.map((response) => readHub(response).rest()))
      const bye = { event: 'sse.bye', data: { reason: 'drain' } }
      expect(late).toEqual([[bye], [bye]])
      expect(hub.connectionCount).toBe(2)
    } finally {
      now.mockRestore()
    }
  })
})

it('does not count those whom nobody names, for an identity or an address', async () => {
  const { hub } = useHub({ ...byUser, limits: { maxConnectionsPerIdentity: 1, maxConnectionsPerAddress: 1 } }, 'news')
  for (let i = 0; i < 3; i++) await join(hub, '?channel=news')
  await join(hub, '?channel=news', { 'x-user': 'ann' })
  await join(hub, '?channel=news', { 'x-user': 'bob' })
  expect(hub.connectionCount).toBe(5)
})

it('does not take an origin for an identity: a reader that names itself after another takes no place of that one', async () => {
  const { hub } = useHub({ ...byUser, limits: { maxConnectionsPerIdentity: 1 } }, 'news')
  await join(hub, '?v=1&channel=news&origin=ann')
  await join(hub, '?v=1&channel=news', { 'x-user': 'ann' })
})

it('tells those that it refuses for now times of their own, so that they do not come back together', async () => {
  const { hub } = useHub({ limits: { maxConnections: 1 } }, 'news')
  await join(hub, '?channel=news')
  const random = vi.spyOn(Math, 'random')
  try {
    const times: unknown[] = []
    for (const chance of [0, 0.3, 0.5, 0.7, 0.999]) {
      random.mockReturnValue(chance)
      times.push((await get(hub, '?channel=news')).headers.get('retry-after'))
    }
    expect(times).toEqual(['1', '2', '3', '4', '5'])
  } finally {
    random.mockRestore()
  }
})

it('counts the addresses of one IPv6 subscriber as one', async () => {
  const { hub } = useHub({ ...byUser, limits: { maxConnectionsPerAddress: 1 } }, 'news')
  await join(hub, '?channel=news', { 'x-address': '2001:db8:1:2::1' })
  expect((await get(hub, '?channel=news', { 'x-address': '2001:db8:1:2:ffff::7' })).status).toBe(429)
  await join(hub, '?channel=news', { 'x-address': '2001:db8:1:3::1' })
  const [reader] = hub.inspect().connections
  expect(reader?.address).toBe('2001:db8:1:2::1')
  expect(hub.disconnect({ address: '2001:db8:1:2::1' })).toBe(1)
  await turn()
  await join(hub, '?channel=news', { 'x-address': '2001:db8:1:2:ffff::7' })
})

describe('a request that is yet to be answered', () => {
  /** Something that is asked and answers when it is told to. */
  function question<T>() {
    const answers: ((value: T) => void)[] = []
    return { ask: vi.fn(() => new Promise<T>((resolve) => answers.push(resolve))), answers }
  }

  it('counts while its context is made', async () => {
    const { ask, answers } = question<undefined>()
    const { hub } = useHub({ context: ask, limits: { maxConnections: 2 } }, 'news')
    const pending = [get(hub, '?channel=news'), get(hub, '?channel=news')]
    const refused = await get(hub, '?channel=news')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-5]$/)])
    expect(ask).toHaveBeenCalledTimes(2)
    for (const answer of answers) answer(undefined)
    for (const response of await Promise.all(pending)) await readHub(response).next()
    expect(hub.connectionCount).toBe(2)
  })

  it('counts for its identity and its address while it is authorized', async () => {
    for (const [limits, who] of [
      [{ maxConnectionsPerIdentity: 1 }, { 'x-user': 'ann' }],
      [{ maxConnectionsPerAddress: 1 }, { 'x-address': '10.0.0.1' }],
    ] as const) {
      const { ask, answers } = question<boolean>()
      const { hub } = useHub({ ...byUser, limits })
      hub.channel('news', ask)
      const pending = get(hub, '?channel=news', who)
      await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce())
      expect((await get(hub, '?channel=news', who)).status).toBe(429)
      expect(ask).toHaveBeenCalledOnce()
      answers[0]?.(true)
      await readHub(await pending).next()
    }
  })

  it('keeps its place for as long as it is authorized', async () => {
    const { ask, answers } = question<boolean>()
    const { hub } = useHub({ limits: { maxConnections: 1 } })
    hub.channel('news', ask)
    const pending = get(hub, '?channel=news')
    await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce())
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
    try {
      expect((await get(hub, '?channel=news')).status).toBe(503)
    } finally {
      now.mockRestore()
    }
    answers[0]?.(true)
    expect(await readHub(await pending).next()).toMatchObject({ event: 'sse.hello' })
  })

  it('gives its place back, however it is refused', async () => {
    let refuse: (() => Promise<unknown>) | undefined
    const limits = { maxConnections: 1, authorizeTimeout: 10 }
    const context = () => refuse?.()
    const { hub } = useHub({ context, limits, expiresAt: (it) => (it === 'late' ? 0 : undefined) }, 'news')
    hub.channel('secret', () => false)
    hub.channel('hangs', () => new Promise(() => {}))
    hub.channel('over', { terminal: ['end'] })
    const { id } = await hub.to('over').send('end', 1)
    const statusOf = async (query: string, init?: RequestInit) => (await hub.fetch(new Request(at(query), init))).status
    expect(await statusOf('?channel=secret')).toBe(403)
    expect(await statusOf('?channel=none')).toBe(404)
    expect(await statusOf('?channel=hangs')).toBe(403)
    expect(await statusOf(`?channel=over&lastEventId=${id}`)).toBe(204)
    expect(await statusOf('?channel=news', { method: 'HEAD' })).toBe(200)
    refuse = throwing(() => new Response(null, { status: 401 }))
    expect(await statusOf('?channel=news')).toBe(401)
    refuse = () => new Promise(() => {})
    expect(await statusOf('?channel=news')).toBe(503)
    refuse = () => Promise.resolve('late')
    expect(await statusOf('?channel=news')).toBe(401)
    refuse = () => Promise.reject(new Error('no database'))
    await expect(statusOf('?channel=news')).rejects.toThrow('no database')
    refuse = undefined
    await join(hub, '?channel=news')
  })

  it.for([
    ['fails', () => Promise.reject(new Error('no log'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ] as const)('is answered where a log that is asked for ends %s', async ([, last]) => {
    const log = Object.assign(createMemoryLog(), { last })
    const { hub, errors } = useHub({ log, limits: { authorizeTimeout: 10 } })
    hub.channel('jobs/:id', { terminal: ['end'] })
    const { id } = await hub.to('jobs/1').send('end', 1)
    const response = await get(hub, '?channel=jobs/1', { 'last-event-id': id })
    expect(response.status).toBe(200)
    expect(errors).toMatchObject([['log', { code: 'log' }]])
    await response.body?.cancel()
  })

  it('leaves nothing behind where it is aborted while it is decided about', async () => {
    const { ask, answers } = question<boolean>()
    const { hub } = useHub({ limits: { maxConnections: 1 } }, 'news')
    hub.channel('slow', ask)
    const controller = new AbortController()
    const pending = hub.fetch(new Request(at('?channel=slow'), { signal: controller.signal }))
    await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce())
    controller.abort()
    answers[0]?.(true)
    const response = await pending
    await join(hub, '?channel=news')
    expect(hub.connectionCount).toBe(1)
    expect(await response.text()).toBe('')
    expect(hub.activeChannels).toEqual(['news'])
  })

  it('leaves nothing behind where it is aborted before it is read', async () => {
    const { hub } = useHub({ limits: { maxConnections: 1 } }, 'news')
    const controller = new AbortController()
    const response = await hub.fetch(new Request(at('?channel=news'), { signal: controller.signal }))
    controller.abort()
    await join(hub, '?channel=news')
    expect(await response.text()).toBe('')
    expect(hub.connectionCount).toBe(1)
  })
})
