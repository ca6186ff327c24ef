import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { EventStreamOptions } from '@tidewire/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { follow, type Followed } from '../test/followed.ts'
import { type MisbehavingServer, startMisbehavingServer } from '../test/misbehavingServer.ts'
import type { ReceivedRequest } from '../test/routes.ts'

let server: MisbehavingServer
let followed: Followed[] = []

beforeAll(async () => {
  server = await startMisbehavingServer()
})

afterEach(async () => {
  for (const { stream } of followed) stream.close()
  followed = []
  // Hangs where a connection is left open.
  await server.idle()
})

afterAll(async () => {
  await server.close()
})

function get(path: string, options: EventStreamOptions = {}): Followed {
  const one = follow(`${server.origin}${path}`, { retry: { delay: 1 }, ...options })
  followed.push(one)
  return one
}

/** What the server has received of the stream, as it says itself. */
async function echo(options: EventStreamOptions): Promise<ReceivedRequest> {
  const { stream, log, until } = get('/echo', options)
  await until('close')
  expect(log.at(-1)).toBe('close:complete')
  return stream.data as ReceivedRequest
}

describe('a stream', () => {
  it('is open as soon as its head has come', async () => {
    const { stream, until } = get('/stalled')
    await until('open')
    expect(stream.status).toBe('open')
    expect(server.openSockets).toBe(1)
    stream.close()
    await server.idle()
    expect(stream.status).toBe('closed')
  })

  it('is left before its head has come', async () => {
    const { length } = server.requests
    const { stream, until } = get('/mute')
    while (server.openSockets === 0) await new Promise((resolve) => setImmediate(resolve))
    stream.close()
    await until('close')
    await server.idle()
    expect(server.requests.length - length).toBeLessThanOrEqual(1)
  })
})

describe('a request', () => {
  it('asks for an event stream and for no cached answer', async () => {
    const { method, headers } = await echo({})
    expect(method).toBe('GET')
    expect(headers).toMatchObject({ accept: 'text/event-stream' })
    expect(headers).not.toHaveProperty('content-type')
    expect(headers).not.toHaveProperty('last-event-id')
  })

  it('carries the headers of the caller', async () => {
    const { headers } = await echo({ headers: () => Promise.resolve(new Headers({ Authorization: 'Bearer a' })) })
    expect(headers.authorization).toBe('Bearer a')
  })

  it('carries a position beyond Latin-1 as UTF-8', async () => {
    const { headers } = await echo({ lastEventId: 'é→😀' })
    const received = headers['last-event-id'] as string
    expect(Buffer.from(received, 'latin1').toString('utf8')).toBe('é→😀')
  })

  it.each(['a\u0001b', 'a\u007f', ' a', 'a\n'])(
    'leaves out a position that no header can carry: %j',
    async (lastEventId) => {
      expect((await echo({ lastEventId })).headers).not.toHaveProperty('last-event-id')
    },
  )

  it.each<[string, EventStreamOptions, string, string | RegExp]>([
    ['an object', { body: { a: ['é'] } }, '{"a":["é"]}', 'application/json'],
    ['an array', { body: [1, null] }, '[1,null]', 'application/json'],
    ['a string', { body: '{"a":1}' }, '{"a":1}', 'application/json'],
    ['a string of another type', { body: 'a', headers: { 'Content-Type': 'text/csv' } }, 'a', 'text/csv'],
    ['URLSearchParams', { body: new URLSearchParams('a=1') }, 'a=1', /^application\/x-www-form-urlencoded/],
    ['bytes', { body: new TextEncoder().encode('a') }, 'a', ''],
  ])('posts %s', async (_, options, body, type) => {
    const request = await echo(options)
    expect(request).toMatchObject({ method: 'POST', body })
    expect(request.headers['content-type'] ?? '').toMatch(type === '' ? /^$/ : type)
  })

  it('posts a form', async () => {
    const form = new FormData()
    form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
    const { body, headers } = await echo({ body: form })
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(body).toContain('content')
  })
})

describe('nobody at the other end', () => {
  it('is a lost connection', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const { log, until } = follow(`http://127.0.0.1:${port}/`, { retry: { delay: 1, maxAttempts: 1 } })
    await until('close')
    expect(log).toEqual(['error:network', 'error:network', 'close:fatal'])
  })

  it('is a lost connection where the name is not known', async () => {
    const { stream, log, until } = follow('http://tidewire.invalid/', { retry: false })
    await until('close')
    expect(log).toEqual(['error:network', 'close:fatal'])
    expect(stream.error?.cause).toBeInstanceOf(TypeError)
  })
})

describe('the process', { timeout: 20_000 }, () => {
  /** Runs a program that follows a stream, and returns what it prints until it ends by itself. */
  async function run(body: string): Promise<string> {
    const program = `import { createEventStream } from '@tidewire/client'\nconst origin = '${server.origin}'\n${body}`
    const condition = process.env['TIDEWIRE_DIST'] ? [] : ['--conditions', 'tidewire-source']
    const args = ['--no-warnings', ...condition, '--input-type', 'module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 10_000 })
    return stdout.trim()
  }

  it('ends after close(), whatever the stream was doing', async () => {
    const printed = run(`
      const open = createEventStream(origin + '/stalled', { onOpen: () => open.close() })
      const waiting = createEventStream(origin + '/status/503', {
        retry: { delay: 1_000_000, jitter: 'none' },
        onError: () => setImmediate(() => waiting.close()),
      })
      const stuck = createEventStream(origin + '/mute', { headers: () => new Promise(() => {}) })
      stuck.close()
      process.on('exit', () => console.log(open.status, waiting.status, stuck.status))
    `)
    expect(await printed).toBe('closed closed closed')
  })

  it('survives a handler that throws', async () => {
    const printed = run(`
      console.error = (error) => console.log(error.message)
      createEventStream(origin + '/events', {
        onMessage(data) { throw new Error(data) },
        onClose: (reason) => console.log(reason),
      })
    `)
    expect((await printed).split('\n')).toEqual(['first', 'last', 'complete'])
  })
})
