import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, it, onTestFinished, vi } from 'vitest'
import { get, join, useHub } from '../../test/hubReader.ts'
import { ask, serve } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import { serveHub } from '../../test/serveHub.ts'
import { type HubDiagnostics, publishDiagnostics, toNodeHandler } from './index.ts'

type Name = keyof HubDiagnostics extends infer Full
  ? Full extends `tidewire:hub:${infer Short}`
    ? Short
    : never
  : never

/** Collects what is published on a channel until the test is over. */
function collect(name: Name): unknown[] {
  const messages: unknown[] = []
  const onMessage = (message: unknown) => void messages.push(message)
  subscribe(`tidewire:hub:${name}`, onMessage)
  onTestFinished(() => void unsubscribe(`tidewire:hub:${name}`, onMessage))
  return messages
}

it('tells of readers that come, are refused, lose channels and leave', async () => {
  const { hub } = useHub({ identify: () => 'ann', limits: { maxConnectionsPerIdentity: 1 } }, 'a', 'b')
  onTestFinished(publishDiagnostics(hub))
  const [opened, closed, refused, revoked] = [collect('open'), collect('close'), collect('refuse'), collect('revoke')]
  const served = await serveHub(hub)
  await get(served, '?channel=nowhere')
  const reader = await join(served, '?v=1&fresh=a&fresh=b')
  expect(opened).toMatchObject([{ hub, reader: { id: reader.hello.connection, identity: 'ann' } }])
  await get(served, '?channel=a')
  expect(refused).toEqual([
    { hub, status: 404 },
    { hub, status: 429 },
  ])
  hub.revoke('b')
  expect(revoked).toMatchObject([{ reader: { id: reader.hello.connection }, channels: ['b'] }])
  expect(closed).toEqual([])
  await reader.leave()
  await vi.waitFor(() => expect(closed).toMatchObject([{ hub, reader: { id: reader.hello.connection } }]))
})

it('tells of events that are published, and of failures', async () => {
  const { hub } = useHub({}, 'a', 'b')
  onTestFinished(publishDiagnostics(hub))
  const [published, failed] = [collect('publish'), collect('error')]
  const { id } = await hub.to('a', 'b').send('updated', 1)
  expect(published).toEqual([{ hub, channels: ['a', 'b'], event: 'updated', id }])
  await expect(hub.to('a').send('updated', 1n)).rejects.toMatchObject({ code: 'invalid-event' })
  expect(failed).toMatchObject([{ hub, stage: 'publish', error: { code: 'invalid-event' } }])
  expect(published).toHaveLength(1)
})

it('tells of readers that are too slow, and of what they lose', async () => {
  const { hub } = useHub({ limits: { maxBufferSize: 10_000 } })
  hub.channel('strict')
  hub.channel('lossy', { overflow: 'drop' })
  onTestFinished(publishDiagnostics(hub))
  const [overflowed, dropped] = [collect('overflow'), collect('drop')]
  const port = await serve(toNodeHandler(hub))
  const head = (name: string) => `GET /_sse?channel=${name} HTTP/1.1\r\nHost: a`
  await ask(port, head('strict'))
  await ask(port, head('lossy'))
  await vi.waitFor(() => expect(hub.connectionCount).toBe(2))
  const data = 'x'.repeat(100_000)
  while (overflowed.length === 0 || dropped.length === 0) {
    await hub.to('strict').data(data)
    await hub.to('lossy').data(data)
    await turn()
  }
  expect(overflowed).toMatchObject([{ hub, reader: { address: expect.any(String) as string } }])
  expect(dropped[0]).toMatchObject({ hub, reader: { channels: ['lossy'] }, channel: 'lossy' })
})

it('tells of channels whose history is gone', async () => {
  const { hub } = useHub({ limits: { maxBufferSize: 10_000 } })
  hub.channel('lossy', { overflow: 'drop' })
  onTestFinished(publishDiagnostics(hub))
  const reset = collect('reset')
  const dropped = collect('drop')
  const port = await serve(toNodeHandler(hub))
  const socket = await ask(port, 'GET /_sse?channel=lossy HTTP/1.1\r\nHost: a')
  await vi.waitFor(() => expect(hub.connectionCount).toBe(1))
  while (dropped.length === 0) {
    await hub.to('lossy').data('x'.repeat(100_000))
    await turn()
  }
  expect(reset).toEqual([])
  socket.resume()
  await vi.waitFor(() => expect(reset).toMatchObject([{ hub, reader: {}, channels: ['lossy'] }]))
})

it('publishes nothing more when that is ended', async () => {
  const { hub } = useHub({}, 'a')
  const stop = publishDiagnostics(hub)
  const published = collect('publish')
  await hub.to('a').data(1)
  stop()
  stop()
  await hub.to('a').data(2)
  expect(published).toHaveLength(1)
})

it('refuses what is no hub', () => {
  expect(() => publishDiagnostics({} as never)).toThrow(TypeError)
})
