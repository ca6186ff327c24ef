import { once } from 'node:events'
import { type IncomingMessage, request as startRequest, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readHub, useHub } from '../../test/hubReader.ts'
import { ask, serve } from '../../test/nodeServer.ts'
import { createSSEHub, type SSEHub } from '../index.ts'
import { type NodeHandlerOptions, toNodeHandler } from './index.ts'

/** Serves a hub. Returns the address of its path. */
async function serveHub(hub: Pick<SSEHub, 'fetch'>, options?: NodeHandlerOptions): Promise<string> {
  return `http://localhost:${await serve(toNodeHandler(hub, options))}/_sse`
}

const JSON_TYPE = { 'content-type': 'application/json' }

it('is a stream over HTTP, which ends with its reader', async () => {
  const { hub } = useHub({}, 'news')
  const url = await serveHub(hub)
  const response = await fetch(`${url}?channel=news`)
  const reader = readHub(response)
  expect(await reader.next()).toMatchObject({ event: 'sse.hello', data: { channels: { news: 'fresh' } } })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
  await hub.to('news').send('a', { n: 1 })
  expect(await reader.next()).toMatchObject({ event: 'a', data: { n: 1 } })
  await reader.leave()
  await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  expect(hub.activeChannels).toEqual([])
})

it('takes a change of the set over HTTP', async () => {
  const { hub } = useHub({}, ':a')
  const url = await serveHub(hub)
  const reader = readHub(await fetch(`${url}?v=1&channel=a`))
  const hello = await reader.next()
  const { connection } = Object(hello?.data) as { connection: string }
  const body = JSON.stringify({ connection, rev: 1, channels: { b: null } })
  const { status } = await fetch(url, { method: 'POST', body, headers: JSON_TYPE })
  expect(status).toBe(204)
  expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['b'] } })
})

it('refuses anything but a hub', () => {
  expect(() => toNodeHandler({} as never)).toThrow('Expected a hub, of createSSEHub.')
  expect(() => toNodeHandler(createSSEHub(), { compression: 'zip' as never })).toThrow(TypeError)
  expect(() => toNodeHandler(createSSEHub(), { path: '/live' } as never)).toThrow(
    'Expected the options of a handler to be among compression, got "path".',
  )
})

describe('the path', () => {
  it('is for the hub, and any other for `next`', async () => {
    const { hub } = useHub({}, 'news')
    const handler = toNodeHandler(hub)
    const port = await serve((req, res) => handler(req, res, () => res.end('next')))
    const get = (path: string) => fetch(`http://localhost:${port}${path}`)
    expect(await (await get('/other')).text()).toBe('next')
    expect(await (await get('/_sse/more')).text()).toBe('next')
    expect((await get('/_sse')).status).toBe(400)
  })

  it('is 404 where there is no `next`', async () => {
    const { hub } = useHub({}, 'news')
    const url = await serveHub(hub)
    expect((await fetch(`${url}/more?channel=news`)).status).toBe(404)
  })

  it('is that of the whole request, where a framework has mounted the handler', async () => {
    const { hub } = useHub({}, 'news')
    const handler = toNodeHandler(hub)
    const port = await serve((req, res) => {
      const { url = '' } = req
      Object.assign(req, { originalUrl: url, url: url.slice('/_sse'.length) })
      return handler(req, res)
    })
    readHub(await fetch(`http://localhost:${port}/_sse?channel=news`))
  })

  it.for([
    ['a path in its host', 'GET /public?channel=news HTTP/1.1\r\nHost: a/_sse?', 'HTTP/1.1 404'],
    ['a fragment in its host', 'GET /public?channel=news HTTP/1.1\r\nHost: a/_sse?channel=news#', 'HTTP/1.1 404'],
    ['credentials in its host', 'GET /_sse?channel=news HTTP/1.1\r\nHost: user:pass@b', 'HTTP/1.1 200'],
    ['a host that is none', 'GET /_sse?channel=news HTTP/1.1\r\nHost: a b:c', 'HTTP/1.1 200'],
    ['two slashes', 'GET //_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 404'],
    ['two slashes and a host', 'GET //b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 404'],
    ['the absolute form', 'GET http://b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 200'],
    ['the absolute form with credentials', 'GET http://u:p@b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['the absolute form with a name', 'GET http://u@b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['the absolute form with a password', 'GET http://:p@b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['credentials of another path', 'GET http://u:p@b/other HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['an absolute form of another scheme', 'GET ftp://b/_sse?channel=news HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['a method that a Request refuses', 'TRACE /_sse HTTP/1.1\r\nHost: a', 'HTTP/1.1 400'],
    ['an unusual method', 'PROPFIND /_sse HTTP/1.1\r\nHost: a', 'HTTP/1.1 405'],
    ['no host, as in HTTP/1.0', 'GET /_sse?channel=news HTTP/1.0', 'HTTP/1.1 200'],
  ])('is what the target says, with %s', async ([, head = '', status = '']) => {
    const { hub, errors } = useHub({}, 'news')
    const port = Number(new URL(await serveHub(hub)).port)
    const socket = await ask(port, head)
    const [answer] = (await once(socket.resume(), 'data')) as [Buffer]
    expect(answer.toString().slice(0, status.length)).toBe(status)
    expect(errors).toEqual([])
  })
})

describe('the request', () => {
  it('is what the hub is asked with: method, url, headers, and node’s own two beside it', async () => {
    const context = vi.fn<(request: Request, platform: unknown) => undefined>()
    const { hub } = useHub({ context }, 'news')
    const url = await serveHub(hub)
    readHub(await fetch(`${url}?channel=news`, { headers: { 'x-a': 'é', cookie: 'a=1; b=2' } }))
    const [request, platform] = context.mock.calls[0] ?? []
    expect(request?.url).toBe(`${url}?channel=news`)
    expect(request?.headers.get('cookie')).toBe('a=1; b=2')
    expect(request?.headers.get('x-a')).toBe('é')
    expect(platform).toMatchObject({ req: { method: 'GET' }, res: { statusCode: 200 } })
  })

  it('has the address of its peer', async () => {
    const { hub } = useHub({ limits: { maxConnectionsPerAddress: 1 } }, 'news')
    const url = await serveHub(hub)
    readHub(await fetch(`${url}?channel=news`))
    expect(hub.inspect().connections[0]?.address).toMatch(/^(::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/)
    expect((await fetch(`${url}?channel=news`)).status).toBe(429)
  })

  it('never passes a limit, however many come at once', async () => {
    const { hub } = useHub({ limits: { maxConnections: 3 } }, 'news')
    const url = await serveHub(hub)
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}?channel=news`)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(hub.connectionCount).toBe(3)
    await Promise.all(answers.map((answer) => answer.body?.cancel()))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  })

  it('that was aborted while it was decided about leaves nothing behind', async () => {
    const { hub } = useHub({ limits: { maxConnections: 1 } })
    const decision = Promise.withResolvers<boolean>()
    const asked = Promise.withResolvers<void>()
    hub.channel('slow', () => {
      asked.resolve()
      return decision.promise
    })
    hub.channel('news')
    const handler = toNodeHandler(hub)
    const answered = Promise.withResolvers<void>()
    const port = await serve(async (req, res) => {
      await handler(req, res)
      answered.resolve()
    })
    const socket = await ask(port, 'GET /_sse?channel=slow HTTP/1.1\r\nHost: a')
    await asked.promise
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.destroy()
    await closed
    await vi.waitFor(async () => {
      // The server has seen it leave.
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    decision.resolve(true)
    await answered.promise
    expect(hub.connectionCount).toBe(0)
    readHub(await fetch(`http://localhost:${port}/_sse?channel=news`))
  })

  it('HEAD gets the head alone', async () => {
    const { hub } = useHub({}, 'news')
    const url = await serveHub(hub)
    const response = await fetch(`${url}?channel=news`, { method: 'HEAD' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(hub.connectionCount).toBe(0)
  })
})

describe('the response', () => {
  it('keeps the headers that middleware has set, and varies by what it varied by', async () => {
    const { hub } = useHub({ cors: 'https://a.example' }, 'news')
    const handler = toNodeHandler(hub, { compression: true })
    const port = await serve((req, res) => {
      res.setHeader('X-Frame-Options', 'DENY')
      res.setHeader('Vary', 'Cookie')
      return handler(req, res)
    })
    for (const query of ['?channel=news', '?channel=none']) {
      const response = await fetch(`http://localhost:${port}/_sse${query}`, {
        headers: { origin: 'https://a.example' },
      })
      expect(response.headers.get('x-frame-options')).toBe('DENY')
      expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example')
      expect(response.headers.get('vary')).toMatch(/^Cookie, Origin/)
      await response.body?.cancel()
    }
  })

  it('is what `context` throws, its cookies too', async () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    const refusal: unknown = new Response('who?', { status: 401, headers })
    const { hub, errors } = useHub({ context: () => Promise.reject(refusal) }, 'news')
    const response = await fetch(`${await serveHub(hub)}?channel=news`)
    expect(response.status).toBe(401)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('who?')
    expect(errors).toEqual([])
  })

  it('is 500 where `context` throws anything else, which `onError` hears and no stranger', async () => {
    const cause = new Error('no database at 10.0.0.1')
    const { hub, errors } = useHub({ context: () => Promise.reject(cause) }, 'news')
    const response = await fetch(`${await serveHub(hub)}?channel=news`)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('')
    expect(errors).toEqual([['context', expect.objectContaining({ code: 'context', cause })]])
  })

  it('is that of `next` where there is one', async () => {
    const cause = new Error('no database')
    const { hub, errors } = useHub({ context: () => Promise.reject(cause) }, 'news')
    const handler = toNodeHandler(hub)
    const next = vi.fn<(error?: unknown) => void>()
    const port = await serve((req, res) =>
      handler(req, res, (error) => {
        next(error)
        res.writeHead(503).end()
      }),
    )
    expect((await fetch(`http://localhost:${port}/_sse?channel=news`)).status).toBe(503)
    expect(next).toHaveBeenCalledExactlyOnceWith(cause)
    expect(errors).toEqual([])
  })

  it('is a mistake to be told of where its head was sent already', async () => {
    const { hub, errors } = useHub({}, 'news')
    const handler = toNodeHandler(hub)
    const port = await serve(async (req, res) => {
      res.writeHead(200).flushHeaders()
      await handler(req, res)
      res.end()
    })
    await (await fetch(`http://localhost:${port}/_sse?channel=news`)).text()
    expect(errors).toMatchObject([['context', { cause: { message: expect.stringContaining('head was not sent') } }]])
    expect(hub.connectionCount).toBe(0)
  })
})

describe('a body', () => {
  const CHANGE = { connection: 'nobody', rev: 1, channels: {} }

  /** Posts to a hub behind a framework. Returns the status. */
  async function post(prepare: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<number> {
    const { hub } = useHub({}, 'news')
    const handler = toNodeHandler(hub)
    const port = await serve(async (req, res) => {
      await prepare(req, res)
      await handler(req, res)
    })
    const init = { method: 'POST', body: JSON.stringify(CHANGE), headers: JSON_TYPE }
    return (await fetch(`http://localhost:${port}/_sse`, init)).status
  }

  async function readBody(req: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  }

  // A change that is read whole is one of a connection that is not there.
  it('is read where nobody has', async () => {
    expect(await post(() => {})).toBe(404)
  })

  it('is taken as a framework has parsed it: as an object, text or bytes', async () => {
    const parse = (how: (body: Buffer) => unknown) =>
      post(async (req) => Object.assign(req, { body: how(await readBody(req)) }))
    expect(await parse((body) => JSON.parse(body.toString()) as unknown)).toBe(404)
    expect(await parse((body) => body.toString())).toBe(404)
    expect(await parse((body) => body)).toBe(404)
    expect(await parse(() => ({}))).toBe(400)
  })

  it('is read where a parser found nothing for it, and says that the body is empty', async () => {
    expect(await post((req) => Object.assign(req, { body: {} }))).toBe(404)
  })

  it('that somebody has read and kept is refused, and not waited for', async () => {
    expect(await post(readBody)).toBe(400)
  })

  it('that is too large is refused, and its sender gets to know', async () => {
    const { hub, errors } = useHub({}, 'news')
    const url = await serveHub(hub)
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(1_000_000), headers: JSON_TYPE })
    expect(response.status).toBe(413)
    expect(errors).toEqual([])
  })

  it('that has no end is refused as soon as it is too large', async () => {
    const { hub, errors } = useHub({}, 'news')
    const { port } = new URL(await serveHub(hub))
    const request = startRequest({ port, path: '/_sse', method: 'POST', headers: JSON_TYPE, host: 'localhost' })
    request.on('error', () => {})
    onTestFinished(() => void request.destroy())
    const write = () => {
      for (let room = true; room && !request.destroyed;) room = request.write('x'.repeat(1024))
    }
    request.on('drain', write)
    write()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    request.off('drain', write)
    expect(errors).toEqual([])
  })

  it('that breaks off is no failure of the hub', async () => {
    const { hub, errors } = useHub({}, 'news')
    const { port } = new URL(await serveHub(hub))
    const socket = connect(Number(port), 'localhost')
    socket.write('POST /_sse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"')
    await new Promise((resolve) => setTimeout(resolve, 30))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(errors).toEqual([])
  })
})

it('leaves nothing behind: no timer, no listener, no response', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const hub = createSSEHub()
  hub.channel('news')
  const handler = toNodeHandler(hub)
  const responses: ServerResponse[] = []
  const port = await serve((req, res) => {
    responses.push(res)
    return handler(req, res)
  })
  const sockets = await Promise.all(
    Array.from({ length: 5 }, () => ask(port, 'GET /_sse?channel=news HTTP/1.1\r\nHost: a')),
  )
  await vi.waitFor(() => expect(hub.connectionCount).toBe(5))
  // One for all heartbeats, one that looks whether readers take what waits for them.
  expect(vi.getTimerCount()).toBe(2)
  const [leaving, stalled, ...others] = sockets
  leaving?.destroy()
  await vi.waitFor(() => expect(hub.connectionCount).toBe(4))
  // It takes nothing, so that nothing tells it of its end.
  while (!responses.some(({ socket }) => socket?.writableNeedDrain)) {
    await hub.to('news').send('a', 'x'.repeat(100_000))
    for (const socket of others) socket.resume()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(hub.disconnect(({ bufferedSize }) => bufferedSize > 0)).toBe(1)
  expect(vi.getTimerCount()).toBe(3)
  await hub.close()
  await once(stalled?.resume() ?? process, 'close')
  await vi.waitFor(() => expect(responses.filter(({ closed }) => !closed)).toEqual([]))
  expect(vi.getTimerCount()).toBe(0)
})
