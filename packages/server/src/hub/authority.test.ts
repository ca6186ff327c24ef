import { describe, expect, it, vi } from 'vitest'
import { get, join, post, useHub } from '../../test/hubReader.ts'

const identified = {
  context: (request: Request) => request.headers.get('authorization') ?? undefined,
  identify: (name: string | undefined) => name,
}
const ann = { authorization: 'ann' }

describe('a channel that is revoked', () => {
  it('is not given to a reader about whom it was decided before, while its answer was on its way', async () => {
    const { hub } = useHub(identified, 'news')
    let isAllowed = true
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    hub.channel('secret', async () => {
      const decision = isAllowed
      asked.resolve()
      await answer.promise
      return decision
    })
    const response = get(hub, '?channel=secret', ann)
    await asked.promise
    isAllowed = false
    expect(hub.revoke('secret')).toBe(0)
    answer.resolve()
    expect((await response).status).toBe(403)
  })

  it('is not given to a reader that was let in and has yet to begin', async () => {
    const { hub } = useHub(identified, 'news')
    let isAllowed = true
    hub.channel('secret', () => isAllowed)
    const response = await get(hub, '?v=1&channel=secret&channel=news', ann)
    isAllowed = false
    hub.revoke('secret')
    const text = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await text?.read())?.value).toContain('"channels":{"news":"fresh","secret":"denied"}')
    await text?.cancel()
  })

  it('is not joined by a change of the set that was decided about before', async () => {
    const { hub } = useHub(identified, 'news')
    let isAllowed = true
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    hub.channel('secret', async () => {
      const decision = isAllowed
      asked.resolve()
      await answer.promise
      return decision
    })
    const reader = await join(hub, '?v=1&channel=news', ann)
    const { connection } = reader.hello
    await post(hub, { connection, rev: 1, channels: { news: null, secret: null } }, ann)
    await asked.promise
    isAllowed = false
    hub.revoke('secret')
    answer.resolve()
    expect(await reader.next()).toEqual({ event: 'sse.denied', data: { channels: ['secret'], rev: 1 } })
  })

  it('begins afresh for the identity that gets it back, whatever position it names', async () => {
    const { hub } = useHub(identified, 'secret')
    const reader = await join(hub, '?channel=secret', ann)
    const { id } = await hub.to('secret').send('a', 1)
    await reader.next()
    hub.revoke('secret', { identity: 'ann' })
    await hub.to('secret').send('a', 'while it was not theirs')
    const again = await join(hub, '?channel=secret', { ...ann, 'last-event-id': id })
    expect(again.hello['channels']).toEqual({ secret: 'fresh' })
    const { id: next } = await hub.to('secret').send('a', 3)
    expect(await again.next()).toEqual({ event: 'a', data: 3, id: next })
    const other = await join(hub, '?channel=secret', { authorization: 'bob', 'last-event-id': id })
    expect(other.hello['channels']).toEqual({ secret: 'resumed' })
  })
})

describe('a reader that is asked about again', () => {
  it('keeps its channels where that fails, and is asked about the next time', async () => {
    const { hub, errors } = useHub({ heartbeat: 10 })
    let calls = 0
    hub.channel('secret', () => {
      if (++calls > 1 && calls < 5) throw new Error('the database is away')
      return true
    })
    const reader = await join(hub, '?v=1&channel=secret')
    await vi.waitFor(() => expect(calls).toBeGreaterThan(6))
    expect(errors).toHaveLength(3)
    const { id } = await hub.to('secret').send('a', 1)
    expect(await reader.next()).toEqual({ event: 'secret#a', data: 1, id })
  })

  it('keeps what it has left and joined again, whatever was decided about before', async () => {
    const { hub } = useHub({ heartbeat: 10 }, 'news')
    const decisions: ((isAllowed: boolean) => void)[] = []
    hub.channel('secret', () => new Promise((resolve) => decisions.push(resolve)))
    const opened = get(hub, '?v=1&channel=secret&channel=news')
    await vi.waitFor(() => expect(decisions).toHaveLength(1))
    decisions[0]?.(true)
    const reader = await join({ fetch: () => opened }, '')
    const { connection } = reader.hello
    void reader.next()
    await vi.waitFor(() => expect(decisions).toHaveLength(2))
    await post(hub, { connection, rev: 1, channels: { news: null } })
    await post(hub, { connection, rev: 2, channels: { news: null, secret: null } })
    await vi.waitFor(() => expect(decisions).toHaveLength(3))
    decisions[2]?.(true)
    await vi.waitFor(() => expect(reader.text()).toContain('sse.live'))
    decisions[1]?.(false)
    await new Promise((resolve) => setImmediate(resolve))
    expect(reader.text()).not.toContain('sse.revoked')
    expect(hub.subscriberCount('secret')).toBe(1)
  })
})

it('asks about no more than four changes of a connection at once, and then about the newest', async () => {
  const { hub } = useHub({}, 'news')
  const asked: string[] = []
  const answer = Promise.withResolvers<boolean>()
  hub.channel('slow/:id', (_context, { id }) => {
    asked.push(id)
    return answer.promise
  })
  const reader = await join(hub, '?v=1&channel=news')
  const { connection } = reader.hello
  for (let rev = 1; rev <= 50; rev++) {
    await post(hub, { connection, rev, channels: { news: null, [`slow/${rev}`]: null } })
  }
  expect(asked).toEqual(['1', '2', '3', '4'])
  answer.resolve(true)
  const live = await reader.next()
  expect(live).toMatchObject({ event: 'sse.live', data: { channels: ['slow/50'], rev: 50 } })
  expect(asked).toEqual(['1', '2', '3', '4', '50'])
})

it('sends nothing of a channel that joins before what the opening is yet to replay', async () => {
  const { hub } = useHub({}, 'old', 'new')
  const { id } = await hub.to('old').send('first', 1)
  for (let index = 0; index < 20; index++) await hub.to('old').send('a', 'x'.repeat(10_000))
  const reader = await join(hub, '?v=1&channel=old', { 'last-event-id': id })
  const { connection } = reader.hello
  await post(hub, { connection, rev: 1, channels: { old: null, new: null } })
  const events = []
  do events.push(await reader.next())
  while (events.at(-1)?.event !== 'sse.live')
  await hub.to('new').send('b', 2)
  events.push(await reader.next())
  const seqs = events.filter((event) => event?.id).map((event) => Number(event?.id?.split('.')[1]))
  expect(seqs).toHaveLength(21)
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
})
