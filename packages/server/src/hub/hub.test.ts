import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { get, join, post, useHub } from '../../test/hubReader.ts'
import { createMemoryLog } from '../index.ts'

describe('a heartbeat', () => {
  it('is a comment where nothing was sent, as often as the hub says', async () => {
    const { hub } = useHub({ heartbeat: 10 }, 'news')
    const reader = await join(hub, '?channel=news')
    expect(reader.hello['heartbeat']).toBe(10)
    void reader.next()
    await vi.waitFor(() => expect(reader.text().match(/^:$/gm)?.length).toBeGreaterThan(3))
  })

  it('comes as often as the channel wants that wants it most often, from when it joins to when it leaves', async () => {
    const { hub } = useHub({ heartbeat: 60_000 }, 'slow')
    hub.channel('quick', { heartbeat: 10 })
    hub.channel('quicker', { heartbeat: 5 })
    const slow = await join(hub, '?channel=slow')
    expect(slow.hello['heartbeat']).toBe(60_000)
    const reader = await join(hub, '?v=1&channel=slow&channel=quick&channel=quicker')
    expect(reader.hello['heartbeat']).toBe(5)
    void reader.next()
    await vi.waitFor(() => expect(reader.text().match(/^:$/gm)?.length).toBeGreaterThan(3))
    expect(slow.text()).not.toMatch(/^:$/m)
  })

  it('never comes less often than `sse.hello` has said, whatever has left the set', async () => {
    const { hub } = useHub({ heartbeat: 60_000 }, 'slow')
    hub.channel('quick', { heartbeat: 10 })
    const reader = await join(hub, '?v=1&channel=slow&channel=quick')
    await post(hub, { connection: reader.hello['connection'], rev: 1, channels: { slow: null } })
    expect(hub.activeChannels).toEqual(['slow'])
    const before = reader.text().length
    void reader.next()
    await vi.waitFor(() => expect(reader.text().slice(before).match(/^:$/gm)?.length).toBeGreaterThan(3))
  })

  it('carries the position that a reader of a quiet channel has come to', async () => {
    const { hub } = useHub({ heartbeat: 10 }, ':a')
    const reader = await join(hub, '?channel=quiet')
    const other = await join(hub, '?channel=busy')
    const { id } = await hub.to('busy').send('a', 1)
    await other.next()
    void reader.next()
    await vi.waitFor(() => expect(reader.text()).toContain(`\n\nid: ${id}\n\n`))
    await vi.waitFor(() => expect(reader.text()).toMatch(/^:$/m))
    expect(reader.text().match(/^id: /gm)).toHaveLength(2)
  })

  it('is left out while there is something to send', async () => {
    const { hub } = useHub({ heartbeat: 50 }, 'news')
    const reader = await join(hub, '?channel=news')
    await hub.to('news').send('first', 1)
    await reader.next()
    const until = performance.now() + 200
    while (performance.now() < until) {
      await hub.to('news').send('a', 1)
      await reader.next()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(reader.text().slice(reader.text().indexOf('event: first'))).not.toMatch(/^:$/m)
  })
})

describe('what fails behind a hub', () => {
  it('ends a response whose channels it cannot read, to come back', async () => {
    const log = Object.assign(createMemoryLog(), { last: () => Promise.reject(new Error('timeout')) })
    const { hub, errors } = useHub({ log }, 'news')
    const response = await get(hub, '?channel=news')
    expect(await response.text()).toContain('event: sse.bye\ndata: {"reason":"error","code":"unavailable"}')
    expect(errors).toMatchObject([['log', { code: 'log' }]])
    expect(hub.connectionCount).toBe(0)
  })

  it('is heard though `onError` throws', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const reason = new Error('logger is down')
    const { hub } = useHub({
      onError() {
        throw reason
      },
    })
    hub.channel('secret', () => {
      throw new Error('no')
    })
    expect((await get(hub, '?channel=secret')).status).toBe(403)
    expect(print).toHaveBeenCalledExactlyOnceWith(reason)
  })
})
