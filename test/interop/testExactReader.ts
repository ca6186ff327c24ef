import { expect, it, vi } from 'vitest'
import type { OpenReader } from './reader.ts'
import { expectReceived, ORDER, PATIENCE, startReading } from './startReading.ts'
import { changes } from './startTidewire.ts'

const NEWS = '/_sse?channel=news'

/** For readers whose position moves with whole events. */
export function testTornEvent(open: OpenReader): void {
  it('gets an event again within which its connection was lost', async () => {
    const { read, change, followed, cutBehind } = await startReading(open)
    const reader = await read(ORDER, 'changed')
    await followed()
    await change(1)
    await expectReceived(reader, changes(1, 1))
    const lost = cutBehind('{"n":')
    await change(1)
    await lost
    await followed(0)
    await change(2)
    await followed()
    await expectReceived(reader, changes(1, 4))
  })
}

/** For readers whose position moves with an id that comes without an event. */
export function testBareId(open: OpenReader): void {
  it('resumes after a retained value, which has no id of its own', async () => {
    const { read, hub, cut, sent } = await startReading(open)
    const following = (count: number) => vi.waitFor(() => expect(hub.subscriberCount('news')).toBe(count), PATIENCE)
    await hub.to('news').data('retained')
    const reader = await read(NEWS, 'message')
    await expectReceived(reader, ['message: "retained"'])
    await vi.waitFor(() => expect(sent()).toMatch(/^id: [\w-]+\.1\n\n[^]*^:$/m), PATIENCE)
    cut()
    await following(0)
    for (const text of ['first', 'second']) await hub.to('news').data(text)
    await following(1)
    await expectReceived(reader, ['message: "retained"', 'message: "first"', 'message: "second"'])
  })
}

/** For readers that send any position as the standard wants it: in UTF-8. */
export function testAnyId(open: OpenReader): void {
  it('resumes from an id that is not Latin-1', async () => {
    const { read, requests } = await startReading(open)
    const path = `/greetings?last=${encodeURIComponent('řádek 4 ✓')}`
    const { received, stopped } = await read(path, 'text')
    await stopped
    expect(received.at(-1)).toEqual({ event: 'text', data: 'last', id: 'řádek 4 ✓' })
    expect(requests(path)).toHaveLength(2)
  })
}

/** For readers that take a status for an answer. */
export function testRefusal(open: OpenReader): void {
  it('stops where it is refused', async () => {
    const { read, requests } = await startReading(open)
    const path = '/_sse?channel=secret'
    const { received, stopped } = await read(path, 'message', 'sse.hello')
    await stopped
    expect(received).toEqual([])
    expect(requests(path)).toHaveLength(1)
  })
}
