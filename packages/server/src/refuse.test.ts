import { describe, expect, it, vi } from 'vitest'
import { ask, serve, servePiped } from '../test/nodeServer.ts'
import { readerOf } from '../test/readStream.ts'
import { acceptsEventStream } from './acceptsEventStream.ts'
import { createSSEStream, type SSEStreamOptions } from './index.ts'
import { openSSE, pipeSSE } from './node/index.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

function refusal(): Response {
  return new Response('Who are you?', { status: 401, headers: { 'www-authenticate': 'Bearer', 'x-a': 'refusal' } })
}

/** Ways to refuse: by throwing, by returning. */
const prepares: [string, NonNullable<SSEStreamOptions['prepare']>][] = [
  ['throws', () => Promise.resolve(refusal()).then((response: unknown) => Promise.reject(response))],
  ['returns', () => refusal()],
]

describe('`respond`', () => {
  it.each(prepares)('answers with the response that `prepare` %s, and never starts the source', async (_, prepare) => {
    const source = vi.fn<() => void>()
    const response = await createSSEStream(source, { prepare }).respond({ headers: { 'x-b': 'init' } })
    expect(response.status).toBe(401)
    expect(response.headers.get('x-b')).toBeNull()
    expect(await response.text()).toBe('Who are you?')
    expect(source).not.toHaveBeenCalled()
  })

  it('answers with the stream that `prepare` lets go, which knows the request', async () => {
    const request = new Request('http://localhost/?lastEventId=7')
    const prepare = vi.fn<NonNullable<SSEStreamOptions['prepare']>>()
    const response = await createSSEStream(async (session) => void session.json(1), { request, prepare }).respond({
      status: 202,
    })
    expect(response.status).toBe(202)
    expect(await response.text()).toBe(`data: 1\n\n${COMPLETE}`)
    expect(prepare.mock.calls).toEqual([[{ request, signal: request.signal, lastEventId: '7' }]])
  })

  it('rejects with anything else that `prepare` throws', async () => {
    const failure = new Error('database')
    const stream = createSSEStream(() => {}, { prepare: () => Promise.reject(failure) })
    await expect(stream.respond()).rejects.toBe(failure)
    await expect(stream.respond()).rejects.toThrow(TypeError)
  })

  it.each<[string, unknown]>([
    ['false', false],
    ['a status', 401],
    ['an object', { status: 401 }],
    ['an error', new Error('no')],
    ['null', null],
  ])('rejects where `prepare` returns %s: neither leave nor a refusal', async (_, value) => {
    const source = vi.fn<() => void>()
    const stream = createSSEStream(source, { prepare: () => value as undefined })
    await expect(stream.respond()).rejects.toThrow('Expected `prepare` to return or throw a Response')
    expect(source).not.toHaveBeenCalled()
  })

  it('is made once, and needs no `prepare`', async () => {
    const stream = createSSEStream(async () => {})
    const response = await stream.respond()
    await expect(stream.respond()).rejects.toThrow(TypeError)
    expect(await response.text()).toBe(COMPLETE)
  })

  it('is the only way in: no reader goes around it', async () => {
    const source = vi.fn<() => void>()
    for (const options of [{ prepare: refusal }, { accept: true }]) {
      expect(() => createSSEStream(source, options).toResponse()).toThrow(/respond\(\)/)
      await expect(readerOf(createSSEStream(source, options)).next()).rejects.toThrow(TypeError)
    }
    expect(source).not.toHaveBeenCalled()
  })
})

describe('`pipeSSE`', () => {
  it.each(prepares)('answers with the response that `prepare` %s', async (_, prepare) => {
    const source = vi.fn<() => void>()
    const { port, exchange } = await servePiped((_req, res) => {
      res.setHeader('X-A', 'route')
      return createSSEStream(source, { prepare })
    })
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`http://localhost:${port}`, { method })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(response.headers.get('x-a')).toBe('refusal')
      expect(await response.text()).toBe(method === 'HEAD' ? '' : 'Who are you?')
    }
    const { piped } = await exchange
    await piped
    expect(source).not.toHaveBeenCalled()
  })

  it('streams what `prepare` lets go', async () => {
    const prepare = vi.fn<NonNullable<SSEStreamOptions['prepare']>>()
    const { port } = await servePiped(() => createSSEStream(async (session) => void session.json(1), { prepare }))
    const response = await fetch(`http://localhost:${port}`, { headers: { 'Last-Event-ID': '7' } })
    expect(await response.text()).toBe(`data: 1\n\n${COMPLETE}`)
    expect(prepare).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ lastEventId: '7' }))
  })

  it('rejects with anything else that `prepare` throws, so that the framework answers', async () => {
    const failure = new Error('database')
    const port = await serve(async (req, res) => {
      const stream = createSSEStream(() => {}, { prepare: () => Promise.reject(failure) })
      await expect(pipeSSE(stream, req, res)).rejects.toBe(failure)
      res.writeHead(500).end()
    })
    expect((await fetch(`http://localhost:${port}`)).status).toBe(500)
  })

  it('tells `prepare` that the reader has left, and resolves', async () => {
    const aborted = Promise.withResolvers<void>()
    const source = vi.fn<() => void>()
    const prepare: SSEStreamOptions['prepare'] = ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted.resolve()
          resolve()
        })
      })
    const { port, exchange } = await servePiped(() => createSSEStream(source, { prepare }))
    const socket = await ask(port)
    const { piped } = await exchange
    socket.destroy()
    await aborted.promise
    await piped
    expect(source).not.toHaveBeenCalled()
  })
})

describe('`accept`', () => {
  it('refuses with 406 who takes no event stream', async () => {
    const answer = (accept: string) => {
      const request = new Request('http://localhost', { headers: { accept } })
      return createSSEStream(async () => {}, { request, accept: true }).respond()
    }
    expect((await answer('text/html')).status).toBe(406)
    const response = await answer('text/event-stream')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(COMPLETE)
    const { port } = await servePiped(() => createSSEStream(async () => {}, { accept: true }))
    const refused = await fetch(`http://localhost:${port}`, { headers: { accept: 'application/json' } })
    expect(refused.status).toBe(406)
    expect(refused.headers.get('vary')).toBe('Accept')
    await refused.text()
  })

  it('needs a request', async () => {
    await expect(createSSEStream(() => {}, { accept: true }).respond()).rejects.toThrow(/`request`/)
  })

  it.each([
    [null, true],
    ['', true],
    ['*/*', true],
    ['text/*', true],
    ['TEXT/Event-Stream; charset=utf-8', true],
    ['text/html, text/event-stream;q=0.1', true],
    ['text/html', false],
    ['text/event-streamx', false],
    ['*/*;q=0', false],
    ['text/event-stream;q=0, */*', false],
    ['text/event-stream; q=0.000, text/*', false],
    ['text/*;q=0, */*', false],
    ['text/*;q=0, text/event-stream', true],
    ['text/event-stream;q=x', false],
  ])('takes %o for %o', (header, expected) => {
    expect(acceptsEventStream(header)).toBe(expected)
  })
})

it.each([
  ['prepare', { prepare: 5 }],
  ['accept', { accept: 'yes' }],
])('refuses an option that makes no sense by name: %s', (option, options) => {
  expect(() => createSSEStream(() => {}, options as never)).toThrow(`Expected \`${option}\` to be `)
})

it('is not for `openSSE`, whose route answers by itself', async () => {
  const port = await serve((req, res) => {
    expect(() => openSSE(req, res, { prepare: refusal } as never)).toThrow(TypeError)
    res.end()
  })
  await fetch(`http://localhost:${port}`)
})
