import { once } from 'node:events'
import { afterEach, expect, it, vi } from 'vitest'
import { ask, readUntil, serve, stalled } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import type { SSESession } from '../index.ts'
import { openSSE } from './index.ts'

const MINUTE = 60_000

afterEach(() => {
  vi.useRealTimers()
})

/** Opens a session whose reader takes nothing, filled until nothing more leaves. */
async function openStalled(close: boolean) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { promise, resolve } = Promise.withResolvers<{ session: SSESession; res: Parameters<typeof stalled>[0] }>()
  const port = await serve((req, res) => {
    resolve({ session: openSSE(req, res, { heartbeat: false, maxBufferSize: 20_000_000 }), res })
  })
  const reader = await ask(port)
  const { session, res } = await promise
  for (let index = 0; index < 12; index++) session.write({ data: 'x'.repeat(800_000) })
  if (close) session.close()
  await stalled(res, () => res.writableLength)
  return { reader, session, res }
}

it.each([
  ['in the middle of a stream', false],
  ['after the end was written', true],
])('cuts off a reader that takes nothing for two minutes, %s', async (_, close) => {
  const { session, res } = await openStalled(close)
  vi.advanceTimersByTime(2 * MINUTE - 1)
  expect(res.destroyed).toBe(false)
  const closed = once(res, 'close')
  vi.advanceTimersByTime(MINUTE)
  await closed
  await session.closed
  expect(vi.getTimerCount()).toBe(0)
})

it('lets a reader be that takes a little now and then', async () => {
  const { reader, res } = await openStalled(false)
  for (let minute = 0; minute < 5; minute++) {
    vi.advanceTimersByTime(MINUTE)
    // Until the system has room for some more of it.
    const before = res.writableLength
    reader.resume()
    while (res.writableLength === before) await turn()
    reader.pause()
    if (res.writableLength === 0) break
  }
  expect(res.destroyed).toBe(false)
  reader.destroy()
  await once(res, 'close')
  expect(vi.getTimerCount()).toBe(0)
})

it('looks at nobody once nobody is left', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const port = await serve((req, res) => openSSE(req, res, { heartbeat: false }).close())
  const socket = await ask(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close')
  await readUntil(socket)
  expect(vi.getTimerCount()).toBe(0)
})
