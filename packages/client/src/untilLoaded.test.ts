import { createEventStreamObserver, forgetEventStreams, type ObserverOptions } from '@tidewire/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, open, settle, pass } = useScriptedStreams()
const { fetch } = server

afterEach(async () => {
  // Nobody is held for longer.
  await pass(20_000)
  forgetEventStreams()
})

/** What a component makes in each rendering, until there is an event. */
const observe = (options: ObserverOptions = {}) =>
  createEventStreamObserver('https://example.test/a', {
    fetch,
    parse: (text: string) => JSON.parse(text) as unknown,
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

  it('refuses functions that are new in each rendering, where each would be another connection', async () => {
    const inline = () => observe({ linger: 0, fetch: (...args) => fetch(...args) }).load()
    const waits = Array.from({ length: 10 }, inline)
    expect(inline).toThrow(/^Expected the functions and objects .* keep `fetch`, `transport`/)
    await settle()
    for (const _ of waits) await pass(0)
    // One that is the same is waited for, however often.
    for (let i = 0; i < 20; i++) expect(observe().load()).toBeInstanceOf(Promise)
  })

  it('waits for nothing where nothing comes, or nobody could find it again', async () => {
    expect(observe({ enabled: false }).load()).toBeUndefined()
    expect(observe({ body: {} }).load()).toBeUndefined()
    await settle()
    expect(server.exchanges).toEqual([])
  })
})
