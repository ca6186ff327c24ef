import { expect, it, vi } from 'vitest'
import { greetings } from './greetings.ts'
import type { OpenReader } from './reader.ts'
import { expectReceived, ORDER, PATIENCE, startReading } from './startReading.ts'
import { changes } from './startTidewire.ts'

/** What a reader does where makes differ. */
export interface ReaderTraits {
  /** Whether it comes back after a response that has ended, and is stopped by 204. */
  comesBack: boolean
}

/** What every reader does that reconnects. */
export function testReader(open: OpenReader, { comesBack }: ReaderTraits): void {
  it('gets every event of a plain stream, and stops at its end', async () => {
    const { read, requests } = await startReading(open)
    const { received, stopped } = await read('/greetings', 'message', 'text', 'json')
    await stopped
    expect(received).toEqual(
      greetings.map(({ event = 'message', data, id = '' }) => ({
        event,
        data: typeof data === 'string' ? data : JSON.stringify(data),
        id,
      })),
    )
    expect(requests('/greetings')).toHaveLength(comesBack ? 2 : 1)
  })

  it('gets the events of a channel under their own names', async () => {
    const { read, change, followed } = await startReading(open)
    const reader = await read(ORDER, 'changed')
    await followed()
    await change(2)
    await expectReceived(reader, changes(1, 2))
    expect(reader.received[1]?.id).toMatch(/^[\w-]+\.2$/)
  })

  it('gets the events of several channels under qualified names', async () => {
    const { read, change, followed, hub } = await startReading(open)
    const reader = await read(`${ORDER}&channel=news`, 'orders/42#changed', 'news#message', 'changed', 'message')
    await followed()
    await change(1)
    await hub.to('news').data('späť')
    await change(1)
    await expectReceived(reader, ['orders/42#changed: {"n":1}', 'news#message: "späť"', 'orders/42#changed: {"n":2}'])
  })

  it('hands out nothing for a heartbeat, be it a comment or an id', async () => {
    const { read, change, followed, hub, sent } = await startReading(open)
    const reader = await read(ORDER, 'changed', 'message')
    await followed()
    await vi.waitFor(() => expect(sent()).toMatch(/^:$/m), PATIENCE)
    const other = await read('/_sse?channel=news', 'message')
    await vi.waitFor(() => expect(hub.subscriberCount('news')).toBe(1), PATIENCE)
    await hub.to('news').data('not for all')
    await expectReceived(other, ['message: "not for all"'])
    // Whose channel is quiet is told the position.
    await vi.waitFor(() => expect(sent()).toMatch(/^id: [\w-]+\.1\n\n/m), PATIENCE)
    await change(1)
    await expectReceived(reader, changes(1, 1))
  })

  it('comes back by itself where its connection is lost, and misses and doubles nothing', async () => {
    const { read, change, followed, cut } = await startReading(open)
    const reader = await read(ORDER, 'changed')
    await followed()
    await change(5)
    await expectReceived(reader, changes(1, 5))
    cut()
    await followed(0)
    await change(3)
    await followed()
    await change(1)
    await expectReceived(reader, changes(1, 9))
  })

  it('resumes though it had no event of the channel yet when the connection was lost', async () => {
    const { read, change, followed, cut } = await startReading(open)
    const { received } = await read(ORDER, 'changed', 'sse.hello')
    await vi.waitFor(() => expect(received).toHaveLength(1), PATIENCE)
    cut()
    await followed(0)
    await change(3)
    await followed()
    await change(1)
    await vi.waitFor(() => expect(received).toHaveLength(6), PATIENCE)
    const [, hello, ...changed] = received.map(({ data }) => JSON.parse(data) as unknown)
    expect(hello).toMatchObject({ channels: { 'orders/42': 'resumed' } })
    expect(changed).toEqual([1, 2, 3, 4].map((n) => ({ n })))
  })

  it('stops when its channels are over', async () => {
    const { read, change, followed, hub, requests } = await startReading(open)
    const reader = await read(ORDER, 'changed', 'delivered')
    await followed()
    await change(1)
    await hub.to('orders/42').send('delivered', { n: 2 })
    await reader.stopped
    await expectReceived(reader, ['changed: {"n":1}', 'delivered: {"n":2}'])
    expect(requests(ORDER)).toHaveLength(comesBack ? 2 : 1)
  })
}
