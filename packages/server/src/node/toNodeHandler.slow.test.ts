import { describe, expect, it, vi } from 'vitest'
import type { Socket } from 'node:net'
import { readHub, useHub } from '../../test/hubReader.ts'
import { ask, readUntil, serve } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import type { SSEHub, SSEHubOptions, SSEOverflow } from '../index.ts'
import { toNodeHandler } from './index.ts'

const MAX = 512 * 1024
const DATA = 'x'.repeat(64 * 1024)

/** Serves a hub with a reader that takes nothing, and one that takes all. */
async function serveTwo(overflow: SSEOverflow, options: SSEHubOptions = {}) {
  const { hub, errors } = useHub({ limits: { maxBufferSize: MAX }, ...options })
  hub.channel('feed', { overflow, history: { maxEvents: 10 } })
  const port = await serve(toNodeHandler(hub))
  const slow = await ask(port, 'GET /_sse?channel=feed HTTP/1.1\r\nHost: a')
  await vi.waitFor(() => expect(hub.connectionCount).toBe(1))
  const { id } = Object(hub.inspect().connections[0]) as { id: string }
  const fast = readHub(await fetch(`http://localhost:${port}/_sse?channel=feed`))
  expect(await fast.next()).toMatchObject({ event: 'sse.hello' })
  return { hub, errors, slow, slowId: id, fast }
}

/** Publishes until something is so, the fast reader following each time. Returns how many it took. */
async function publishUntil(
  { hub, fast }: { hub: SSEHub; fast: { next: () => Promise<unknown> } },
  isSo: () => boolean,
): Promise<number> {
  let count = 0
  for (; !isSo() && count < 10_000; count++) {
    await hub.to('feed').send('tick', { n: count, DATA })
    // It is never delayed by the other.
    expect(await fast.next()).toMatchObject({ event: 'tick', data: { n: count } })
  }
  return count
}

function bufferedOf(hub: SSEHub, id: string): number {
  return hub.inspect().connections.find((reader) => reader.id === id)?.bufferedSize ?? 0
}

describe('a reader that takes nothing', () => {
  it('is cut off where its channel disconnects, having held no more than its limit', async () => {
    const served = await serveTwo('disconnect')
    const { hub, errors, slow, slowId } = served
    let most = 0
    await publishUntil(served, () => {
      most = Math.max(most, bufferedOf(hub, slowId))
      return hub.inspect().counters.overflowed > 0
    })
    expect(most).toBeGreaterThan(MAX / 2)
    expect(most).toBeLessThanOrEqual(MAX)
    expect(hub.connectionCount).toBe(1)
    expect(errors).toMatchObject([['overflow', { code: 'overflow' }]])
    const text = await readUntil(slow)
    expect(text).not.toContain('sse.bye')
    expect(text).not.toMatch(/0\r\n\r\n$/)
  })

  it('loses events where its channel drops, and is told so once it takes some again', async () => {
    const served = await serveTwo('drop')
    const { hub, errors, slow, slowId } = served
    await publishUntil(served, () => hub.inspect().counters.dropped >= 5)
    expect(bufferedOf(hub, slowId)).toBeLessThanOrEqual(MAX)
    expect(hub.connectionCount).toBe(2)
    const text = await readAll(slow, 'data: {"channels":["feed"]}\n\n')
    const [, id] = /event: sse.reset\nid: (\S+)\n/.exec(text) ?? []
    const { id: next } = await hub.to('feed').send('after', 1)
    expect(seqOf(id)).toBe(seqOf(next) - 1)
    expect(await readAll(slow, 'event: after\n')).toContain('event: after')
    expect(errors).toEqual([])
  })

  it('gets only the newest of each key where its channel coalesces', async () => {
    const served = await serveTwo({ coalesce: ({ data }) => (JSON.parse(data) as { key: string }).key })
    const { hub, errors, slow, slowId } = served
    let n = 0
    const publish = async () => {
      for (const key of ['a', 'b']) {
        await hub.to('feed').send('tick', { key, n: ++n, DATA })
        await served.fast.next()
      }
    }
    while (hub.inspect().counters.coalesced < 50) await publish()
    expect(bufferedOf(hub, slowId)).toBeLessThanOrEqual(MAX)
    expect(hub.connectionCount).toBe(2)
    const text = await readAll(slow, `"n":${n},`)
    expect(text).toContain(`"key":"a","n":${n - 1},`)
    expect(text.match(/event: tick/g)).toHaveLength(n - hub.inspect().counters.coalesced)
    expect(text).not.toContain('sse.reset')
    expect(errors).toEqual([])
  })

  it('costs the others nothing where what names its events throws: it is cut off in the end', async () => {
    const served = await serveTwo({
      coalesce() {
        throw new Error('no key')
      },
    })
    const { hub, errors } = served
    await publishUntil(served, () => hub.inspect().counters.overflowed > 0)
    expect(errors[0]).toMatchObject(['overflow', { cause: { message: 'no key' } }])
    expect(hub.connectionCount).toBe(1)
  })

  it('gets no heartbeats on top of what waits', async () => {
    const served = await serveTwo('drop', { heartbeat: 5 })
    const { hub, slowId } = served
    await publishUntil(served, () => bufferedOf(hub, slowId) > MAX / 2)
    const before = bufferedOf(hub, slowId)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(bufferedOf(hub, slowId)).toBe(before)
  })

  it('is held in bounds twentyfold', async () => {
    const { hub } = useHub({ limits: { maxBufferSize: MAX } })
    hub.channel('feed', { overflow: 'drop' })
    const port = await serve(toNodeHandler(hub))
    await Promise.all(Array.from({ length: 20 }, () => ask(port, 'GET /_sse?channel=feed HTTP/1.1\r\nHost: a')))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(20))
    for (let n = 0; hub.inspect().counters.dropped < 100 && n < 1_000; n++) {
      await hub.to('feed').send('tick', DATA)
      await turn()
    }
    expect(hub.inspect().counters.dropped).toBeGreaterThan(0)
    // Beside events, what the hub itself has to say, and what a chunk costs.
    expect(hub.inspect().bufferedSize).toBeLessThanOrEqual(20 * (MAX + 1024))
  })
})

it('follows a reader that takes a little at a time, and loses nothing', async () => {
  const served = await serveTwo('disconnect')
  const { hub, slow, slowId } = served
  await publishUntil(served, () => bufferedOf(hub, slowId) > MAX / 2)
  const text = readAll(slow, 'event: last\n', 4 * 1024)
  const { id } = await hub.to('feed').send('last', 1)
  const seqs = [...(await text).matchAll(/^id: .*\.(\d+)$/gm)].map(([, seq]) => Number(seq))
  expect(seqs.at(-1)).toBe(seqOf(id))
  // The hello has one, too: that of the position before the first event.
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index))
})

/** Reads chunks of a socket, without the framing of HTTP, until they hold a text. */
async function readAll(socket: Socket, ending: string, size?: number): Promise<string> {
  const chunks: string[] = []
  while (!chunks.slice(-2).join('').includes(ending)) {
    const chunk = socket.read(size && Math.min(size, Math.max(1, socket.readableLength))) as Buffer | null
    if (chunk) chunks.push(chunk.toString())
    else await new Promise((resolve) => socket.once('readable', resolve))
  }
  return chunks.join('').replaceAll(/\r\n[\da-f]+\r\n/g, '')
}

function seqOf(id: string | undefined): number {
  return Number(id?.split('.').at(-1))
}
