import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type APIOptions, createAPI } from '../apps/playground/server/api.ts'
import { createUploadDirectory } from '../apps/playground/server/uploadDirectory.ts'

const MIB = 2 ** 20
let directory: string
let origin: string
let stop: (() => Promise<void>) | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewire-test-'))
})

afterEach(async () => {
  await stop?.()
  stop = undefined
  await rm(directory, { recursive: true })
})

async function start(options: Partial<APIOptions> = {}): Promise<void> {
  const api = createAPI({ directory, maxBytes: 4 * MIB, ...options })
  const server = createServer((req, res) => void api.handle(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = async () => {
    api.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

async function announce(size: number): Promise<string> {
  const response = await postSize({ size })
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

function postSize(body: unknown, type = 'application/json'): Promise<Response> {
  return fetch(`${origin}/api/uploads`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: JSON.stringify(body),
  })
}

interface Event {
  event: string
  data: Record<string, unknown>
  id?: string
}

/** Reads a stream to its end, or until it has `count` events. */
async function readEvents(url: string, count = Infinity, headers: HeadersInit = {}): Promise<Event[]> {
  const aborter = new AbortController()
  const response = await fetch(origin + url, { headers, signal: aborter.signal })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const events: Event[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]))
      if (!fields.has('data')) continue
      const id = fields.get('id')
      events.push({
        event: fields.get('event') ?? 'message',
        data: JSON.parse(fields.get('data')!),
        ...(id !== undefined && { id }),
      })
    }
    if (events.length >= count) break
  }
  aborter.abort()
  return events
}

function put(id: string, body: BodyInit, query = ''): Promise<Response> {
  return fetch(`${origin}/api/uploads/${id}${query}`, { method: 'PUT', body })
}

describe('the metrics of the playground', () => {
  it('stream as valid events with growing ids', async () => {
    await start()
    const events = await readEvents('/api/metrics', 3)
    for (const { event, data, id } of events) {
      expect(event).toBe('metrics')
      expect(id).toBe(String(data['time']))
      for (const name of ['cpu', 'cores', 'rss', 'heapUsed', 'delay', 'maxDelay'])
        expect(data[name]).toBeTypeOf('number')
    }
    const times = events.map(({ data }) => Number(data['time']))
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  })

  it('begin with what is kept, and resume after the last event that a reader has', async () => {
    await start()
    const [first, second] = await readEvents('/api/metrics', 2)
    const [again] = await readEvents('/api/metrics', 1)
    expect(again).toEqual(first)
    const [next] = await readEvents('/api/metrics', 1, { 'Last-Event-ID': first!.id! })
    expect(next).toEqual(second)
  })

  it('believe no id that is made up', async () => {
    await start()
    for (const id of ['999999999999999', '-1', '1e99', 'x', '../../etc/passwd']) {
      expect(await readEvents('/api/metrics', 1, { 'Last-Event-ID': id })).toHaveLength(1)
    }
  })
})

describe('an upload to the playground', () => {
  it('moves its progress by the bytes that have arrived, and ends with what was received', async () => {
    await start()
    const bytes = new Uint8Array(3 * MIB).map((_, index) => index)
    const id = await announce(bytes.length)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const response = await put(id, bytes, `?maxRate=${4 * MIB}`)
    const result = (await response.json()) as Record<string, unknown>
    expect(response.status).toBe(200)
    expect(result).toMatchObject({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })

    const seen = await events
    const progress = seen.filter(({ event }) => event === 'progress').map(({ data }) => data)
    const loaded = progress.map((data) => Number(data['loaded']))
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b))
    expect(new Set(loaded.filter((value) => value > 0 && value < bytes.length)).size).toBeGreaterThan(2)
    expect(progress.every((data) => data['total'] === bytes.length)).toBe(true)
    expect(seen.find(({ event }) => event === 'complete')?.data).toEqual({ result })
    expect(await readdir(directory)).toEqual([])
  })

  it('of nothing is an upload too', async () => {
    await start()
    const id = await announce(0)
    const events = readEvents(`/api/uploads/${id}/progress`)
    expect(await (await put(id, new Uint8Array())).json()).toMatchObject({ size: 0 })
    expect((await events).map(({ event }) => event)).toContain('complete')
  })

  it('answers a late reader with its end, and is forgotten in time', async () => {
    await start({ keep: 300 })
    const id = await announce(5)
    await put(id, 'hello')
    expect(await readEvents(`/api/uploads/${id}/progress`)).toContainEqual(
      expect.objectContaining({ event: 'complete', data: { result: expect.objectContaining({ size: 5 }) } }),
    )
    await vi.waitFor(async () => expect((await fetch(`${origin}/api/uploads/${id}/progress`)).status).toBe(404), 2000)
  })

  it('is refused before a byte is sent where its announced size is too large', async () => {
    await start()
    const response = await postSize({ size: 4 * MIB + 1 })
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ code: 'too-large', message: expect.any(String) })
  })

  it('is refused by its length where it is larger than announced', async () => {
    await start()
    const id = await announce(5)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const response = await put(id, new Uint8Array(5 * MIB))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'too-large' })
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'too-large' })
    expect(await readdir(directory)).toEqual([])
  })

  it('is refused by count where it has no length', async () => {
    await start()
    const id = await announce(5)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 5; sent++) controller.enqueue(new Uint8Array(MIB))
        controller.close()
      },
    })
    const response = await fetch(`${origin}/api/uploads/${id}`, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(413)
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'too-large' })
    expect(await readdir(directory)).toEqual([])
  })

  it('that breaks off ends as aborted and leaves no file', async () => {
    await start()
    const id = await announce(3 * MIB)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const req = httpRequest(`${origin}/api/uploads/${id}`, { method: 'PUT', headers: { 'Content-Length': 3 * MIB } })
    req.on('error', () => {})
    req.write(new Uint8Array(MIB))
    await vi.waitFor(async () => expect(await readdir(directory)).toHaveLength(1), 2000)
    req.destroy()
    expect((await events).find(({ event }) => event === 'error')?.data).toEqual({
      code: 'aborted',
      message: expect.any(String),
    })
    expect(await readdir(directory)).toEqual([])
  })

  it('that is cancelled stops at once, however slowly it is read', async () => {
    await start()
    const id = await announce(4 * MIB)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const sent = put(id, new Uint8Array(4 * MIB), '?maxRate=100000').catch(() => undefined)
    await vi.waitFor(async () => expect(await readdir(directory)).toHaveLength(1), 2000)
    expect((await fetch(`${origin}/api/uploads/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'cancelled' })
    expect(await readdir(directory)).toEqual([])
    await sent

    const unsent = await announce(5)
    expect((await fetch(`${origin}/api/uploads/${unsent}`, { method: 'DELETE' })).status).toBe(204)
    expect((await put(unsent, 'hello')).status).toBe(409)
    expect((await fetch(`${origin}/api/uploads/unknown`, { method: 'DELETE' })).status).toBe(404)
  })

  it('whose sender falls silent is given up', async () => {
    await start({ maxSilence: 200 })
    const id = await announce(MIB)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const req = httpRequest(`${origin}/api/uploads/${id}`, { method: 'PUT', headers: { 'Content-Length': MIB } })
    req.on('error', () => {})
    req.write('hello')
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'stalled' })
    expect(await readdir(directory)).toEqual([])
  })

  it('that never comes expires', async () => {
    await start({ maxWait: 200 })
    const id = await announce(5)
    const events = await readEvents(`/api/uploads/${id}/progress`)
    expect(events.find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'expired' })
    expect((await put(id, 'hello')).status).toBe(409)
  })

  it('is taken once', async () => {
    await start()
    const id = await announce(5)
    expect((await put(id, 'hello')).status).toBe(200)
    expect((await put(id, 'hello')).status).toBe(409)
  })

  it('needs an id that was given out', async () => {
    await start()
    const ids = [
      '00000000-0000-0000-0000-000000000000',
      'x',
      'constructor',
      '..%2f..%2fetc%2fpasswd',
      '%00',
      'a'.repeat(500),
    ]
    for (const id of ids) {
      expect((await put(id, 'hello')).status, id).toBe(404)
      expect((await fetch(`${origin}/api/uploads/${id}/progress`)).status, id).toBe(404)
    }
    expect(await readdir(directory)).toEqual([])
  })

  it('is announced with a size, as JSON, by the right method', async () => {
    await start()
    for (const size of [-1, 1.5, '5', null, undefined, 1e300]) {
      expect((await postSize({ size })).status, String(size)).toBeOneOf([400, 413])
    }
    expect((await postSize(null)).status).toBe(400)
    expect((await postSize({ size: 5 }, 'text/plain')).status).toBe(415)
    expect((await postSize({ size: 5, padding: 'x'.repeat(2000) })).status).toBe(413)
    expect((await fetch(`${origin}/api/uploads`)).status).toBe(405)
    expect((await fetch(`${origin}/api/nothing`)).status).toBe(404)
  })

  it('makes room by forgetting ended ones, and is refused where there are none', async () => {
    await start({ maxUploads: 2 })
    const ended = await announce(5)
    await put(ended, 'hello')
    await announce(5)
    await announce(5)
    expect((await fetch(`${origin}/api/uploads/${ended}/progress`)).status).toBe(404)
    expect((await postSize({ size: 5 })).status).toBe(503)
  })

  it('goes on when a reader of its progress leaves', async () => {
    await start()
    const id = await announce(2 * MIB)
    const sent = put(id, new Uint8Array(2 * MIB), `?maxRate=${4 * MIB}`)
    await readEvents(`/api/uploads/${id}/progress`, 1)
    await delay(50)
    expect((await sent).status).toBe(200)
  })
})

describe('the directory of uploads', () => {
  it('clears away what a killed server has left, and nothing else', async () => {
    const others = [`tidewire-playground-${process.ppid}`, 'tidewire-playground-notes', 'notes']
    // Above the largest process id of any system.
    for (const name of ['tidewire-playground-99999999', ...others]) await mkdir(join(directory, name))
    await writeFile(join(directory, 'tidewire-playground-99999999', 'upload'), 'hello')
    const { path, remove } = createUploadDirectory(directory)
    expect(await readdir(directory)).toEqual([...others, `tidewire-playground-${process.pid}`].toSorted())
    expect(await readdir(path)).toEqual([])
    remove()
    expect(await readdir(directory)).toEqual(others.toSorted())
  })
})
