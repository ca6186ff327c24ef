import type { ObserverOptions } from '@tidewire/client'
import { describe, expect, it } from 'vitest'
import { URL_A, useObservers } from '../test/useObservers.ts'

const { fetch, server, open, settle, pass, observe, join, published } = useObservers()

describe('who is somebody else from here on', () => {
  const as = (token: string, more: ObserverOptions = {}): ObserverOptions => ({
    fetch,
    headers: { Authorization: token },
    ...more,
  })

  it('keeps its connection and its data, and shows them to nobody who is so already', async () => {
    const observer = observe(URL_A, as('A'))
    const leave = await join(observer)
    await open('id: a\ndata: "of A"\n\n')
    for (let i = 0; i < 2; i++) observer.setOptions(URL_A, as('B'))
    await settle()
    expect((await published(observer)).data).toBe('of A')
    expect(server.exchanges).toHaveLength(1)
    const other = observe(URL_A, as('B'))
    expect(other.getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
    await await join(other)
    expect(server.last.header('Last-Event-ID')).toBeNull()
    expect(server.exchanges).toHaveLength(2)
    leave()
    await pass(5000)
    expect(observe(URL_A, as('B')).getSnapshot().data).toBeUndefined()
    // But shows them itself.
    expect(observer.getSnapshot().data).toBe('of A')
  })

  it('leaves nothing behind for who is so already', async () => {
    const observer = observe(URL_A, as('A', { linger: 0 }))
    const leave = await join(observer)
    await open('id: a\ndata: "of A"\n\n')
    observer.setOptions(URL_A, as('B', { linger: 0, enabled: false }))
    observer.setOptions(URL_A, as('B', { linger: 0 }))
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(observe(URL_A, as('B')).getSnapshot()).toMatchObject({ status: 'connecting', data: undefined })
    leave()
    expect(observe(URL_A, as('B')).getSnapshot()).toMatchObject({ data: undefined, lastEventId: '' })
  })

  it('shares one connection with those who were somebody else together with it', async () => {
    const observers = Array.from({ length: 3 }, () => observe(URL_A, as('A')))
    for (const observer of observers) await join(observer)
    await open('id: a\ndata: "of A"\n\n')
    for (const token of ['B', 'C']) {
      for (const observer of observers) observer.setOptions(URL_A, as(token))
      await settle()
      expect(server.live).toHaveLength(1)
      expect(server.last.header('Authorization')).toBe(token)
      await open()
    }
    expect(server.exchanges).toHaveLength(3)
    for (const observer of observers) expect((await published(observer)).data).toBe('of A')
  })

  it('shares it with all where it had nothing before', async () => {
    const observers = Array.from({ length: 2 }, () => observe(URL_A, as('', { enabled: false })))
    for (const observer of observers) await join(observer)
    for (const observer of observers) observer.setOptions(URL_A, as('A'))
    await join(observe(URL_A, as('A')))
    expect(server.exchanges).toHaveLength(1)
  })
})
