import type { ObserverOptions } from '@tidewire/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { URL_A, useObservers } from '../test/useObservers.ts'

const { fetch, server, open, settle, pass, observe, join, published } = useObservers()

describe('who comes back to a stream', () => {
  const onGap = vi.fn()
  const withGap: ObserverOptions = { onGap, linger: 0 }

  beforeEach(() => void onGap.mockClear())

  it.each(['unsubscribed', 'disabled'])('has missed what others had while it was %s', async (how) => {
    const observer = observe(URL_A, withGap)
    const leave = await join(observer)
    await join(observe())
    await open('id: a\ndata: 1\n\n')
    if (how === 'disabled') observer.setOptions(URL_A, { fetch, ...withGap, enabled: false })
    else leave()
    server.last.send('id: b\ndata: 2\n\n')
    await settle()
    if (how === 'disabled') observer.setOptions(URL_A, { fetch, ...withGap })
    else await join(observer)
    await settle()
    expect(onGap.mock.calls).toEqual([[{ reason: 'reset' }]])
    expect((await published(observer)).data).toBe(2)
    expect(server.exchanges).toHaveLength(1)
  })

  it('has missed what those had who came after it', async () => {
    const observer = observe(URL_A, withGap)
    const leave = await join(observer)
    await open('id: a\ndata: 1\n\n')
    leave()
    await join(observe())
    await open('id: b\ndata: 2\n\n')
    await join(observer)
    expect(onGap).toHaveBeenCalledTimes(1)
  })

  it('has missed nothing where nothing came, where it lingered for it, or where it goes on from its position', async () => {
    const observer = observe(URL_A, { ...withGap, linger: 1000 })
    const leave = await join(observer)
    await open('id: a\ndata: 1\n\n')
    leave()
    server.last.send('id: b\ndata: 2\n\n')
    await settle()
    const leaveAgain = await join(observer)
    leaveAgain()
    server.last.send('id: c\ndata: 3\n\n')
    await pass(5000)
    const leaveLast = await join(observer)
    expect(server.last.header('Last-Event-ID')).toBe('c')
    await open('id: d\ndata: 4\n\n')
    await join(observe())
    leaveLast()
    await join(observer)
    expect(onGap).not.toHaveBeenCalled()
  })
})
