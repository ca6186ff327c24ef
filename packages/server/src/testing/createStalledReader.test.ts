import type { ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { createSSEStream } from '@tidewire/server'
import { useHub } from '../../test/hubReader.ts'
import { serve, stalled } from '../../test/nodeServer.ts'
import { pipeSSE } from '../node/index.ts'
import { createStalledReader } from './index.ts'

describe('createStalledReader', () => {
  it('makes a server wait over a socket, until it leaves', async () => {
    let sent = 0
    const left = Promise.withResolvers<void>()
    const served = Promise.withResolvers<ServerResponse>()
    const port = await serve((req, res) => {
      served.resolve(res)
      const stream = createSSEStream(async function* ({ signal }) {
        try {
          for (; ; sent++) yield { data: 'x'.repeat(10_000) }
        } finally {
          if (signal.aborted) left.resolve()
        }
      })
      return pipeSSE(stream, req, res)
    })
    const reader = await createStalledReader(`http://localhost:${port}/`)
    expect(reader.response.status).toBe(200)
    await stalled(await served.promise, () => sent)
    expect(sent).toBeGreaterThan(0)
    await Promise.all([reader.close(), reader.close()])
    await left.promise
  })

  it('is sent away by a hub, without a network', async () => {
    const { hub, errors } = useHub({ limits: { maxBufferSize: 10_000 } }, 'news')
    const reader = await createStalledReader('http://localhost/_sse?channel=news', { fetch: hub.fetch })
    const [hello] = await reader.events.take(1)
    expect(hello?.event).toBe('sse.hello')
    expect(hub.connectionCount).toBe(1)
    for (let n = 0; n < 100; n++) await hub.to('news').data('x'.repeat(1000))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
    expect(errors).toEqual([['overflow', expect.objectContaining({ code: 'overflow' })]])
    await reader.close()
  })

  it('reads on for as many events as it is told to, and leaves', async () => {
    const { hub } = useHub({}, 'news')
    const reader = await createStalledReader('http://localhost/_sse?channel=news', { fetch: hub.fetch })
    await reader.events.take(1)
    for (const data of ['first', 'second']) await hub.to('news').data(data)
    expect((await reader.events.take(1)).map(({ data }) => data)).toEqual(['first'])
    await Promise.all([reader.close(), reader.close()])
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  })

  it('has what was answered, also where that is a refusal', async () => {
    const ask = vi.fn((request: Request) => new Response(request.headers.get('X-Test'), { status: 429 }))
    const reader = await createStalledReader('http://localhost/', { fetch: ask, headers: { 'X-Test': '1' } })
    expect(reader.response.status).toBe(429)
    expect(await reader.response.text()).toBe('1')
    expect(() => reader.events).toThrow('got 429')
    await reader.close()
  })
})
