import { createEventStreamObserver, forgetEventStreams, type ObserverOptions } from '@tidewire/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, open, settle, pass } = useScriptedStreams()
const { fetch } = server
let headers = 0

afterEach(async () => {
  // Nobody is held for longer.
  await pass(20_000)
  forgetEventStreams()
})

const parse = (text: string) => JSON.parse(text) as unknown

/** What a component makes in each rendering, until there is an event. */
const observe = (options: ObserverOptions = {}) =>
  createEventStreamObserver('https://example.test/a', {
    fetch,
    parse,
    suspense: true,
    ...options,
  })

describe('load', () => {
  it('waits for the first event in silence, on one connection for all that are made meanwhile', async () => {
    const onMessage = vi.fn()
    const wait = observe({ onMessage }).load()
    for (let i = 0; i < 5; i++) expect(observe({ onMessage }).load()).toBe(wait)
    await settle()
    await open('data: 1\n\n')
    await pass(50)
    await wait
    const observer = observe({ onMessage })
    expect(observer.load()).toBeUndefined()
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: 1 })
    const leave = observer.subscribe(() => {})
    server.last.send('data: 2\n\n')
    await settle()
    expect(onMessage.mock.calls).toEqual([[2]])
    expect(server.exchanges).toHaveLength(1)
    leave()
  })

  it('leaves what nobody comes for: five seconds after its event, or after it was asked for', async () => {
    const wait = observe({ linger: 0 }).load()
    await settle()
    await open('data: 1\n\n')
    await pass(50)
    await wait
    await pass(4900)
    expect(server.live).toHaveLength(1)
    await pass(100)
    expect(server.live).toEqual([])
    const other = observe({ linger: 0, headers: {} }).load()
    await settle()
    await open()
    await pass(5000)
    await other
    await pass(5000)
    expect(server.live).toEqual([])
  })

  it('follows on for as long as it is asked for', async () => {
    let wait = observe({ linger: 0 }).load()
    await settle()
    await open()
    for (let i = 0; i < 10; i++) {
      await pass(5000)
      await wait
      wait = observe({ linger: 0 }).load()
    }
    expect(server.exchanges).toHaveLength(1)
    server.last.send('data: 1\n\n')
    await pass(50)
    await wait
    expect(observe({ linger: 0 }).load()).toBeUndefined()
  })

  it('keeps those apart whose headers say that they are somebody else', async () => {
    const as = (token: string) => observe({ headers: () => ({ Authorization: token }) })
    const waits = ['A', 'B', 'A'].map((token) => as(token).load())
    expect(waits[2]).toBe(waits[0])
    await settle()
    expect(server.exchanges.map((exchange) => exchange.header('Authorization'))).toEqual(['A', 'B'])
    await open('data: "of B"\n\n')
    await pass(50)
    await waits[1]
    expect(as('A').getSnapshot().data).toBeUndefined()
    expect(as('B').getSnapshot().data).toBe('of B')
  })

  it.each<[string, () => ObserverOptions]>([
    ['of a request', () => ({ fetch: (...args) => fetch(...args) })],
    ['of events', () => ({ reduce: (_, { data }) => data })],
    ['of headers that never say the same', () => ({ headers: () => ({ n: String(headers++) }) })],
  ])('refuses functions %s that are new in each rendering, however often it is tried', async (_, make) => {
    const inline = () => observe({ linger: 0, ...make() }).load()
    const waits = Array.from({ length: 10 }, inline)
    for (let i = 0; i < 120; i++) {
      expect(inline).toThrow(/^Expected the functions and objects .* keep `reduce`, `parse`, `until`, `fetch`/)
    }
    await settle()
    for (const _ of waits) await pass(0)
    expect(server.exchanges).toHaveLength(10)
    // One that is the same is waited for, however often.
    for (let i = 0; i < 20; i++) expect(observe().load()).toBeInstanceOf(Promise)
  })

  it('waits for what is the same also after others were refused whose text is', () => {
    const make = () => (all: unknown, event: { data: unknown }) => [all, event.data]
    const kept = make()
    const inline = () => observe({ linger: 0, reduce: make() }).load()
    for (let i = 0; i < 10; i++) void inline()
    expect(inline).toThrow(TypeError)
    // As React tries again what has failed.
    expect(() => observe({ reduce: kept }).load()).toThrow(TypeError)
    expect(observe({ reduce: kept }).load()).toBeInstanceOf(Promise)
  })

  it('waits no more once somebody has subscribed, also for another URL', async () => {
    const observer = observe({ linger: 0 })
    expect(observer.load()).toBeInstanceOf(Promise)
    const leave = observer.subscribe(() => {})
    expect(observer.load()).toBeUndefined()
    observer.setOptions('https://example.test/b', { fetch, suspense: true, linger: 0 })
    expect(observer.load()).toBeUndefined()
    leave()
    expect(observer.load()).toBeUndefined()
  })

  it.each([false, true])('ends when all is forgotten, whoever asks then begins anew (event: %s)', async (hasEvent) => {
    const wait = observe().load()
    await settle()
    await open(hasEvent ? 'id: a\ndata: 1\n\n' : '')
    await pass(50)
    forgetEventStreams()
    await wait
    expect(server.live).toEqual([])
    const observer = observe()
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: undefined })
    expect(observer.load()).toBeInstanceOf(Promise)
    await settle()
    expect(server.exchanges).toHaveLength(2)
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('tells those who have waited of what they have missed, once', async () => {
    const [onGap, onGapToo] = [vi.fn(), vi.fn()]
    const wait = observe({ lastEventId: 'old', onGap }).load()
    await settle()
    await open('event: sse.reset\ndata: {}\n\ndata: 1\n\n')
    await pass(50)
    await wait
    const observers = [observe({ lastEventId: 'old', onGap }), observe({ lastEventId: 'old', onGap: onGapToo })]
    // As in StrictMode.
    for (const observer of observers) observer.subscribe(() => {})()
    const leaves = observers.map((observer) => observer.subscribe(() => {}))
    expect(onGap).not.toHaveBeenCalled()
    await settle()
    for (const callback of [onGap, onGapToo]) expect(callback.mock.calls).toEqual([[{ reason: 'reset' }]])
    for (const leave of leaves) leave()
  })

  it.each(['', 'data: 1\n\n'])('asks anew for what is over, once those who waited have seen it (%j)', async (text) => {
    const wait = observe().load()
    await settle()
    if (text) await open(`${text}event: sse.bye\ndata: {"reason":"revoked"}\n\n`)
    else server.last.respond({ status: 403 })
    await pass(50)
    await wait
    for (let i = 0; i < 3; i++) {
      const observer = observe()
      expect(observer.load()).toBeUndefined()
      expect(observer.getSnapshot().status).toBe('closed')
    }
    await pass(100)
    expect(observe().load()).toBeInstanceOf(Promise)
    await settle()
    expect(server.exchanges).toHaveLength(2)
  })

  it('waits for nothing where nothing comes, or nobody could find it again', async () => {
    expect(observe({ enabled: false }).load()).toBeUndefined()
    expect(observe({ body: {} }).load()).toBeUndefined()
    await settle()
    expect(server.exchanges).toEqual([])
  })
})
