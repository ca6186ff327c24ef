import { expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'
import { createEventStreamObserver } from './observer.ts'

const { server, start, open, refuse, settle, pass } = useScriptedStreams()

const bye = (reason: string) => `event: sse.bye\ndata: {"reason":"${reason}"}\n\n`

it('repeats no POST that has begun, whoever renews the credentials', async () => {
  const onUnauthorized = vi.fn()
  const { stream } = await start({ body: {}, onUnauthorized })
  await open(`data: 1\n\n${bye('expired')}`)
  expect(server.exchanges).toHaveLength(1)
  expect(onUnauthorized).not.toHaveBeenCalled()
  expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal' })
})

it('asks something else without the position among the answers before', async () => {
  const { stream } = await start({ body: { q: 1 }, reduce: (all: unknown, { data }) => [all, data], initialData: 0 })
  await open(`id: q1-9\ndata: 1\n\n${bye('complete')}`)
  stream.open({ body: { q: 2 } })
  await settle()
  expect(server.last.header('Last-Event-ID')).toBeNull()
  await open('data: 2\n\n')
  expect(stream.data).toEqual([0, 2])
})

it('renews credentials again after an outage between', async () => {
  const onUnauthorized = vi.fn()
  await start({ onUnauthorized, retry: { delay: 10, jitter: 'none' } })
  await refuse(401)
  await refuse(503)
  await pass(10)
  await refuse(401)
  expect(onUnauthorized).toHaveBeenCalledTimes(2)
  expect(server.exchanges).toHaveLength(4)
})

it('calls onUnauthorized for whoever gave one, also where a stream is shared by others', async () => {
  const options = { fetch: server.fetch, linger: 0 }
  const onUnauthorized = vi.fn()
  const leaves = [
    createEventStreamObserver('https://example.test/', options).subscribe(() => {}),
    createEventStreamObserver('https://example.test/', { ...options, onUnauthorized }).subscribe(() => {}),
  ]
  await settle()
  for (const exchange of [...server.exchanges]) exchange.respond({ status: 401 })
  await settle()
  expect(onUnauthorized).toHaveBeenCalledTimes(1)
  for (const leave of leaves) leave()
  await settle()
})

it('gives a loop all of a chunk, however much that is', async () => {
  const onGap = vi.fn()
  const { stream } = await start({ onGap })
  await open()
  const seen: unknown[] = []
  const loop = (async () => {
    for await (const { data } of stream) seen.push(data)
  })()
  server.last.send(Array.from({ length: 5000 }, (_, n) => `data: ${n}\n\n`).join('') + bye('complete'))
  await settle()
  await loop
  expect(seen).toHaveLength(5000)
  expect(onGap).not.toHaveBeenCalled()
})

it('throws in a loop whose reader was sent away', async () => {
  const { stream } = await start()
  await open()
  const loop = (async () => {
    for await (const { data } of stream) expect(data).toBe(1)
  })()
  server.last.send(`data: 1\n\n${bye('revoked')}`)
  await expect(loop).rejects.toMatchObject({ code: 'revoked' })
})

it('calls nobody with an event after the callback that closes the stream', async () => {
  const { stream, log } = await start({ on: { a: () => stream.close() }, onMessage: () => log.push('late') })
  await open('event: a\ndata: 1\n\ndata: 2\n\n')
  expect(log).toEqual(['open', 'close:manual'])
})

it('takes no text for a time, and no promise of a heartbeat that nobody could keep', async () => {
  for (const options of [{ heartbeat: '1s' }, { heartbeat: true }, { lostAfter: '1' }, { retry: { delay: '1s' } }]) {
    await expect(start(options as never)).rejects.toThrow(TypeError)
  }
  const { stream } = await start()
  await open('event: sse.hello\ndata: {"heartbeat":0.0001}\n\n')
  await pass(150)
  expect(stream.status).toBe('open')
})
