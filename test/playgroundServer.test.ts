import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type APIOptions, createAPI } from '../apps/playground/server/api.ts'
import { isLocalHost } from '../apps/playground/server/isLocalHost.ts'
import { readSettings } from '../apps/playground/server/settings.ts'
import { createUploadDirectory } from '../apps/playground/server/uploadDirectory.ts'
import { startPlayground } from './browser/startPlayground.ts'

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

/** Sends the head of a request and five bytes of its body. */
function sendSlowly(path: string, method: string, length: number) {
  const headers = { 'Content-Length': length, 'Content-Type': 'application/json' }
  const req = httpRequest(origin + path, { method, headers })
  const answered = new Promise<number | undefined>((resolve) => {
    req.on('response', (res) => resolve(res.resume().statusCode)).on('error', () => resolve(undefined))
  })
  req.write('hello')
  return { req, answered }
}

describe('the metrics of the playground', () => {
  it('answer HEAD with their head alone', async () => {
    await start()
    const response = await fetch(`${origin}/api/metrics`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  })

  it('say which methods there are', async () => {
    await start()
    const response = await fetch(`${origin}/api/metrics`, { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
    expect((await fetch(`${origin}/api/uploads/x`)).headers.get('allow')).toBe('PUT, DELETE')
  })

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

  it('is refused where it is not of the size that was announced', async () => {
    await start()
    for (const size of [2, 7]) {
      const id = await announce(5)
      const events = readEvents(`/api/uploads/${id}/progress`)
      const response = await put(id, new Uint8Array(size))
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'size-mismatch' })
      expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'size-mismatch' })
    }
  })

  it.each([4, 6])('is refused by count where it has no length: %i MiB instead of 5', async (size) => {
    await start({ maxBytes: 8 * MIB })
    const id = await announce(5 * MIB)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < size; sent++) controller.enqueue(new Uint8Array(MIB))
        controller.close()
      },
    })
    const response = await fetch(`${origin}/api/uploads/${id}`, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(400)
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'size-mismatch' })
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

  it('that breaks off when all of it has come, but not all was read, ends as aborted too', async () => {
    await start()
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {})
    const size = 2 ** 17
    const id = await announce(size)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const req = httpRequest(`${origin}/api/uploads/${id}?maxRate=1`, {
      method: 'PUT',
      headers: { 'Content-Length': size },
    })
    req.on('error', () => {})
    req.end(new Uint8Array(size))
    await delay(300)
    req.destroy()
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'aborted' })
    expect(complaint).not.toHaveBeenCalled()
    complaint.mockRestore()
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
    const { answered } = sendSlowly(`/api/uploads/${id}`, 'PUT', MIB)
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'stalled' })
    expect(await readdir(directory)).toEqual([])
    expect(await answered).toBe(408)
  })

  it('that takes too long is given up, however steadily it comes', async () => {
    await start({ maxTime: 400, maxSilence: 200 })
    const id = await announce(MIB)
    const events = readEvents(`/api/uploads/${id}/progress`)
    const { req, answered } = sendSlowly(`/api/uploads/${id}`, 'PUT', MIB)
    const trickle = setInterval(() => req.write('x'), 50)
    expect((await events).find(({ event }) => event === 'error')?.data).toMatchObject({ code: 'timeout' })
    clearInterval(trickle)
    expect(await answered).toBe(408)
  })

  it('is not blamed for silence while the server makes it wait', async () => {
    await start({ maxSilence: 200 })
    // As slowly as it goes, each chunk is waited for longer than a sender may be silent.
    const id = await announce(2 ** 17)
    expect((await put(id, new Uint8Array(2 ** 17), '?maxRate=1')).status).toBe(200)
  })

  it('is announced in time', async () => {
    await start({ maxAnnouncementTime: 200 })
    const { answered } = sendSlowly('/api/uploads', 'POST', 100)
    expect(await answered).toBe(408)
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
    const others = [`tidewire-playground-${process.ppid}-abcdef`, 'tidewire-playground-99999999-notes', 'notes']
    // Above the largest process id of any system.
    for (const name of ['tidewire-playground-99999999-abcdef', ...others]) await mkdir(join(directory, name))
    await writeFile(join(directory, 'tidewire-playground-99999999-abcdef', 'upload'), 'hello')
    const { path, remove } = createUploadDirectory(directory)
    expect((await readdir(directory)).toSorted()).toEqual([...others, basename(path)].toSorted())
    expect(basename(path)).toMatch(new RegExp(`^tidewire-playground-${process.pid}-\\w{6}$`))
    expect(await readdir(path)).toEqual([])
    remove()
    expect((await readdir(directory)).toSorted()).toEqual(others.toSorted())
  })

  it('has a name that nobody can take before, and follows no link', async () => {
    const planted = 'tidewire-playground-99999999-planted'.slice(0, -1)
    await mkdir(join(directory, 'mine'))
    await writeFile(join(directory, 'mine', 'notes'), 'hello')
    await symlink(join(directory, 'mine'), join(directory, planted))
    const first = createUploadDirectory(directory)
    const second = createUploadDirectory(directory)
    expect(second.path).not.toBe(first.path)
    expect(await readdir(join(directory, 'mine'))).toEqual(['notes'])
    expect(await readdir(directory)).toContain(planted)
  })
})

describe('the settings of the playground', () => {
  it('have presets', () => {
    const presets = { port: 5173, maxUpload: 2 ** 30, uploadDirectory: undefined, isWatching: true }
    expect(readSettings({})).toEqual(presets)
    expect(readSettings({ PORT: '', PLAYGROUND_MAX_UPLOAD: '' })).toEqual(presets)
    expect(readSettings({ PORT: '0', PLAYGROUND_MAX_UPLOAD: '5' })).toMatchObject({ port: 0, maxUpload: 5 })
  })

  it.each(['x', '-1', '1.5', '65536', '0x50', ' 80'])('refuse %j as a port, and name the variable', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(
      `Expected PORT to be a whole number from 0 to 65535, got ${JSON.stringify(PORT)}.`,
    )
  })

  it.each(['1 GB', '0', 'NaN', '1e9'])('refuse %j as a size', (PLAYGROUND_MAX_UPLOAD) => {
    expect(() => readSettings({ PLAYGROUND_MAX_UPLOAD })).toThrow('Expected PLAYGROUND_MAX_UPLOAD to be')
  })
})

describe('the server of the playground', { timeout: 30_000 }, () => {
  it('answers to the names of its own machine', () => {
    for (const host of ['localhost', 'localhost:5173', 'a.localhost:1', '127.0.0.1:5173', '[::1]:5173', 'LOCALHOST']) {
      expect(isLocalHost(host), host).toBe(true)
    }
    for (const host of [
      undefined,
      '',
      'evil.com',
      'localhost.evil.com',
      'evil.com:5173',
      '127.0.0.1.nip.io',
      '0.0.0.0',
    ]) {
      expect(isLocalHost(host), host).toBe(false)
    }
  })

  it('answers to no other name, shows its pages to GET and HEAD, and keeps its own source', async () => {
    const playground = await startPlayground({ PLAYGROUND_UPLOAD_DIR: directory })
    try {
      const ask = (path: string, method = 'GET', host = 'localhost') =>
        new Promise<IncomingMessage>((resolve, reject) => {
          const req = httpRequest(playground.origin + path, { method, headers: { host } })
          req.on('response', (res) => resolve(res.resume())).on('error', reject)
          req.end()
        })
      for (const path of ['/', '/react', '/vue', '/api/uploads/x/progress', '/src/shared/format.ts']) {
        expect((await ask(path, 'GET', 'evil.com')).statusCode, path).toBe(403)
      }
      expect((await ask('/react')).statusCode).toBe(200)
      expect((await ask('/react', 'HEAD')).statusCode).toBe(200)
      const refused = await ask('/react', 'POST')
      expect([refused.statusCode, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
      expect((await ask('/src/shared/format.ts')).statusCode).toBe(200)
      for (const path of ['/server/main.ts', `/@fs${join(import.meta.dirname, '../apps/playground/server/main.ts')}`]) {
        for (const query of ['', '?raw', '?url', '?import&raw']) {
          expect((await ask(path + query)).statusCode, path + query).toBeGreaterThanOrEqual(400)
        }
      }
    } finally {
      await playground.stop()
    }
  })
})
