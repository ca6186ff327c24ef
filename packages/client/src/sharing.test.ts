import { forgetEventStreams, type ObserverOptions, type StreamURL } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { URL_A, URL_B, useObservers } from '../test/useObservers.ts'

const { fetch, server, open, settle, pass, observe, join, published } = useObservers()

const complete = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

describe('all who observe the same GET with the same options', () => {
  it('share one connection, one state and every event', async () => {
    const calls: unknown[] = []
    const observers = Array.from({ length: 3 }, (_, index) =>
      observe(URL_A, { onMessage: (data) => calls.push([index, data]) }),
    )
    for (const observer of observers) await join(observer)
    await open('id: a\ndata: 1\n\n')
    expect(server.exchanges).toHaveLength(1)
    expect(calls).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ])
    const states = await Promise.all(observers.map(published))
    expect(new Set(states).size).toBe(1)
  })

  it('share it also where they were made before any of them connected', async () => {
    const [first, second] = [observe(), observe()]
    await join(first)
    await join(second)
    expect(server.exchanges).toHaveLength(1)
  })

  it('see the state at once, where they come late', async () => {
    await join(observe())
    await open('id: a\ndata: 1\n\n')
    const late = observe()
    await pass(50)
    expect(late.getSnapshot()).toMatchObject({ status: 'open', data: 1, lastEventId: 'a' })
    const onMessage = vi.fn()
    await join(observe(URL_A, { onMessage }))
    expect(onMessage).not.toHaveBeenCalled()
    expect(server.exchanges).toHaveLength(1)
  })

  it('leave each for itself, and the last one ends the connection', async () => {
    const leaves = [await join(observe()), await join(observe())]
    await open()
    leaves[0]?.()
    await pass(60_000)
    expect(server.live).toHaveLength(1)
    leaves[1]?.()
    await pass(1000)
    expect(server.live).toEqual([])
  })

  it('hear nothing after they have left, though others go on', async () => {
    const onMessage = vi.fn()
    const leave = await join(observe(URL_A, { onMessage }))
    await join(observe())
    await open()
    leave()
    server.last.send('data: 1\n\n')
    await settle()
    expect(onMessage).not.toHaveBeenCalled()
  })

  it('are connected apart where an option is another', async () => {
    await join(observe())
    await join(observe(URL_B))
    await join(observe(URL_A, { headers: { Authorization: 'other' } }))
    await join(observe(URL_A, { credentials: 'include' }))
    await join(observe(URL_A, { parse: (text) => text }))
    expect(server.live).toHaveLength(5)
  })

  it('send a POST each', async () => {
    const onMessage = vi.fn()
    await join(observe(URL_A, { body: {} }))
    await join(observe(URL_A, { body: {}, onMessage }))
    expect(server.live).toHaveLength(2)
    server.exchanges[0]?.respond().send('data: 1\n\n')
    await settle()
    expect(onMessage).not.toHaveBeenCalled()
  })

  it('are not ended by one that has left already', async () => {
    const gone = observe()
    const leave = await join(gone)
    await join(observe())
    await open()
    leave()
    gone.close()
    expect(server.live).toHaveLength(1)
  })
})

describe('linger', () => {
  it('keeps the connection for a second when the last one has left', async () => {
    const leave = await join(observe())
    await open()
    leave()
    await pass(999)
    expect(server.live).toHaveLength(1)
    await pass(1)
    expect(server.live).toEqual([])
  })

  it.each([
    [0, 0],
    [5000, 5000],
  ])('of %i ms ends after as many', async (linger, time) => {
    const leave = await join(observe(URL_A, { linger }))
    await open()
    leave()
    await pass(Math.max(0, time - 1))
    expect(server.live).toHaveLength(time > 0 ? 1 : 0)
    await pass(1)
    expect(server.live).toEqual([])
  })

  it('lets who comes back meanwhile go on with the connection: a remount, or another page', async () => {
    const observer = observe()
    const leave = await join(observer)
    await open('id: a\ndata: 1\n\n')
    leave()
    await pass(500)
    const leaveAgain = await join(observer)
    await pass(60_000)
    leaveAgain()
    await pass(500)
    await join(observe())
    await pass(60_000)
    expect(server.exchanges).toHaveLength(1)
    expect(server.live).toHaveLength(1)
  })

  it('loses no event of the time between', async () => {
    const reduce = (sum: unknown, { data }: { data: unknown }) => Number(sum) + Number(data)
    const options = { reduce, initialData: 0 }
    const leave = await join(observe(URL_A, options))
    await open('data: 1\n\n')
    leave()
    server.last.send('data: 10\n\n')
    await settle()
    const late = observe(URL_A, options)
    await join(late)
    expect((await published(late)).data).toBe(11)
  })

  it('lasts where it is longer than a timer can be', async () => {
    const observer = observe(URL_A, { linger: Infinity })
    const leave = await join(observer)
    await open()
    leave()
    await pass(1_000_000)
    expect(server.live).toHaveLength(1)
    await join(observer)
    observer.setOptions(null, {})
    expect(server.live).toEqual([])
  })

  it.each([-1, NaN])('is refused where it is %d', (linger) => {
    const error = new TypeError(`Expected \`linger\` to be at least 0, got ${linger}.`)
    expect(() => observe(URL_A, { linger })).toThrow(error)
    expect(() => observe().setOptions(URL_A, { linger })).toThrow(error)
  })

  it('is refused also by who would share a stream that is there', async () => {
    await join(observe())
    expect(() => observe(URL_A, { linger: -1 })).toThrow(TypeError)
  })

  it('is none for a POST, for a stream that is over, and for one that is not wanted any more', async () => {
    const leave = await join(observe(URL_A, { body: {} }))
    leave()
    expect(server.live).toEqual([])
    const switched = observe()
    await join(switched)
    switched.setOptions(URL_B, { fetch })
    expect(server.live).toEqual([])
    await settle()
    expect(server.live).toHaveLength(1)
  })

  it('does not bring a stream back that was completed meanwhile, to who left it', async () => {
    const observer = observe()
    const leave = await join(observer)
    await open('data: 1\n\n')
    leave()
    server.last.send(complete)
    await pass(60_000)
    await join(observer)
    expect(server.exchanges).toHaveLength(1)
    expect(await published(observer)).toMatchObject({ status: 'closed', closeReason: 'complete', data: 1 })
  })

  it('does not hand a stream that has ended meanwhile to somebody new', async () => {
    const leave = await join(observe(URL_A, { linger: 10_000 }))
    await open('data: 1\n\n')
    leave()
    server.last.send('event: sse.bye\ndata: {"reason":"revoked"}\n\n')
    await settle()
    const fresh = observe()
    await join(fresh)
    expect(server.exchanges).toHaveLength(2)
    await open('data: 2\n\n')
    expect(await published(fresh)).toMatchObject({ status: 'open', data: 2 })
    await join(observe())
    await pass(60_000)
    expect(server.exchanges).toHaveLength(2)
  })
})

describe('a stream that is closed', () => {
  it('is not for who comes: that one asks anew, and those who follow it stay', async () => {
    const first = observe()
    await join(first)
    server.last.respond({ status: 403 })
    await settle()
    const late = observe()
    expect(late.getSnapshot().status).toBe('connecting')
    await join(late)
    await open('data: 1\n\n')
    expect((await published(late)).data).toBe(1)
    expect((await published(first)).status).toBe('closed')
    await join(observe())
    expect(server.exchanges).toHaveLength(2)
  })

  it('leaves nothing behind for a log-out, also where it was opened again beside another', async () => {
    const first = observe(URL_A, { linger: 0 })
    const leave = await join(first)
    server.last.respond({ status: 403 })
    await settle()
    const leaveLate = await join(observe(URL_A, { linger: 0 }))
    await open('id: a\ndata: 1\n\n')
    first.open()
    await settle()
    await open('id: b\ndata: 2\n\n')
    leaveLate()
    forgetEventStreams()
    leave()
    expect(observe().getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
  })
})

describe('a stream that nobody follows any more', () => {
  const visit = async (url: StreamURL = URL_A, text = 'id: a\ndata: 1\n\n', options: ObserverOptions = {}) => {
    const leave = await join(observe(url, { linger: 0, ...options }))
    await open(text)
    leave()
    await settle()
  }

  it('is remembered: who comes later goes on from its position, with its events', async () => {
    await visit(URL_A, 'id: a\ndata: 1\n\nid: b\ndata: 2\n\n', { recent: 5 })
    await pass(10_000)
    const late = observe(URL_A, { recent: 5 })
    expect(late.getSnapshot()).toMatchObject({
      status: 'connecting',
      data: 2,
      lastEventId: 'b',
      recent: [{ data: 1 }, { data: 2 }],
    })
    await join(late)
    expect(server.last.header('Last-Event-ID')).toBe('b')
  })

  it('is remembered for five minutes', async () => {
    await visit()
    await pass(300_000)
    expect(observe().getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
  })

  it('is forgotten where it was over', async () => {
    await visit(URL_A, `id: a\ndata: 1\n\n${complete}`)
    expect(observe().getSnapshot()).toMatchObject({ status: 'connecting', data: undefined, lastEventId: '' })
  })

  it('is remembered by what it was shared by: no other headers, no other credentials', async () => {
    await visit(URL_A, 'id: a\ndata: 1\n\n', { headers: { Authorization: 'A' } })
    for (const options of [{}, { headers: { Authorization: 'B' } }, { credentials: 'include' as const }]) {
      expect(observe(URL_A, options).getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
    }
  })

  it('is remembered beside at most 49 others', async () => {
    for (let i = 0; i < 51; i++) await visit(`${URL_A}/${i}`)
    expect(observe(`${URL_A}/0`).getSnapshot().lastEventId).toBe('')
    expect(observe(`${URL_A}/1`).getSnapshot().lastEventId).toBe('a')
    expect(observe(`${URL_A}/50`).getSnapshot().lastEventId).toBe('a')
  })

  it('is forgotten when it is told to be, with its events', async () => {
    await visit()
    forgetEventStreams()
    const next = observe()
    expect(next.getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
    await join(next)
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('is forgotten also while it lingers: another user shares no connection with the last one', async () => {
    const leave = await join(observe(URL_A, { linger: 10_000 }))
    await open('id: a\ndata: "secret"\n\n')
    leave()
    forgetEventStreams()
    expect(server.live).toEqual([])
    await pass(50)
    expect(vi.getTimerCount()).toBe(0)
    const next = observe()
    expect(next.getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
    await join(next)
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('is not one that somebody follows', async () => {
    const observer = observe()
    await join(observer)
    await open('id: a\ndata: 1\n\n')
    forgetEventStreams()
    expect(server.live).toHaveLength(1)
    expect(await published(observer)).toMatchObject({ status: 'open', data: 1 })
  })
})

describe('another URL', () => {
  const sum = { reduce: (total: unknown, { data }: { data: unknown }) => Number(total) + Number(data), initialData: 0 }

  it('goes on from what is remembered of it, and shows that', async () => {
    const observer = observe(URL_A, { fetch, recent: 5 })
    await join(observer)
    await open('id: a\ndata: "A"\n\n')
    observer.setOptions(URL_B, { fetch, recent: 5 })
    await settle()
    await open('id: b\ndata: "B"\n\n')
    observer.setOptions(URL_A, { fetch, recent: 5 })
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(await published(observer)).toMatchObject({
      data: 'A',
      lastEvent: { data: 'A' },
      lastEventId: 'a',
      recent: [{ data: 'A' }],
    })
  })

  it('shows the data of the old one until its first event, and reduces none of it', async () => {
    const observer = observe(URL_A, { fetch, ...sum })
    await join(observer)
    await open('data: 1\n\ndata: 2\n\n')
    observer.setOptions(URL_B, { fetch, ...sum })
    await settle()
    expect((await published(observer)).data).toBe(3)
    await open('data: 10\n\n')
    expect((await published(observer)).data).toBe(10)
    server.last.send('data: 20\n\n')
    await settle()
    expect((await published(observer)).data).toBe(30)
  })

  it('shows what it begins with where the old one had no event', async () => {
    const observer = observe(URL_A, { initialData: 'A' })
    await join(observer)
    await open()
    observer.setOptions(URL_B, { fetch, initialData: 'B' })
    expect(observer.getSnapshot().data).toBe('B')
  })

  it('reduces on from what is remembered of it', async () => {
    const observer = observe(URL_A, { fetch, ...sum })
    await join(observer)
    await open('id: a\ndata: 1\n\n')
    observer.setOptions(URL_B, { fetch, ...sum })
    await settle()
    await open('data: 10\n\n')
    observer.setOptions(URL_A, { fetch, ...sum })
    await settle()
    await open('data: 2\n\n')
    expect((await published(observer)).data).toBe(3)
  })

  it('hands the old one to those who still follow it', async () => {
    const observer = observe()
    await join(observer)
    await join(observe())
    await open()
    observer.setOptions(URL_B, { fetch })
    await settle()
    expect(server.live.map(({ url }) => url)).toEqual([URL_A, URL_B])
  })

  it('joins those who follow it already', async () => {
    const observer = observe()
    await join(observer)
    await join(observe(URL_B))
    await open('data: "B"\n\n')
    observer.setOptions(URL_B, { fetch })
    await settle()
    expect(server.live.map(({ url }) => url)).toEqual([URL_B])
    expect((await published(observer)).data).toBe('B')
  })
})

describe('another option', () => {
  it('of one among several gives it a connection of its own, from the same position', async () => {
    const observer = observe()
    await join(observer)
    await join(observe())
    await open('id: a\ndata: 1\n\n')
    observer.setOptions(URL_A, { fetch, headers: { Authorization: 'B' } })
    await settle()
    expect(server.live).toHaveLength(2)
    expect(server.last.header('Authorization')).toBe('B')
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(observer.getSnapshot().data).toBe(1)
  })

  it('of one who is alone is taken over, and the stream is shared by that from then on', async () => {
    const observer = observe()
    await join(observer)
    await open()
    observer.setOptions(URL_A, { fetch, recent: 5 })
    await join(observe(URL_A, { recent: 5 }))
    expect(server.exchanges).toHaveLength(1)
    await join(observe())
    expect(server.exchanges).toHaveLength(2)
  })

  it('that is a new function in each render costs nothing', async () => {
    const observer = observe(URL_A, { headers: () => ({}) })
    await join(observer)
    await open()
    for (let i = 0; i < 10; i++) observer.setOptions(URL_A, { fetch, headers: () => ({}) })
    await pass(60_000)
    expect(server.exchanges).toHaveLength(1)
  })
})
